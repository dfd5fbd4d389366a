/** A watcher feeding a store: after each event the store holds what the API server does, deletions included. */

import { isNewer, refKey, type Versioned } from "../api/object.ts";
import { Stretch } from "../api/stretch.ts";
import type { WatcherOptions } from "./follower.ts";
import { FullRead } from "./full_read.ts";
import type { Store } from "./store.ts";
import { runWatcher } from "./watcher.ts";
import type { WatcherSink } from "./watcher_event.ts";

/** What a reflector needs beside what its watcher does. */
export interface ReflectorOptions<T extends Versioned> extends Omit<WatcherOptions<T>, "sink"> {
  readonly store: Store<T>;
  /** The part of the store that this collection fills: one namespace, or all when left out. */
  readonly namespace?: string | undefined;
  /** Hears of each object that came, changed or went; exactly one side is undefined when it came or went. */
  readonly onChange: (before: T | undefined, after: T | undefined) => void;
}

/** Runs until `signal` aborts. */
export function runReflector<T extends Versioned>(
  options: ReflectorOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const stretch = options.stretch ?? new Stretch(options.clock);
  return runWatcher({ ...options, stretch, sink: reflect({ ...options, stretch }) }, signal);
}

/** Applies watcher events to a store, in place: a full read never needs a second copy of the collection. */
export function reflect<T extends Versioned>(
  { store, namespace, onChange, stretch }:
    & Pick<ReflectorOptions<T>, "store" | "namespace" | "onChange">
    & { readonly stretch: Stretch },
): WatcherSink<T> {
  let read = new FullRead<T>(store);
  /** Up to this version the store was complete when the read under way began. */
  let newest = "";
  /**
   * What the read names although it is too old not to be stored: deleted since, if the server is a stale one, which only
   * the end of the read shows. Few, if any, so that there is never a second copy of the collection.
   */
  let doubtful: T[] = [];
  /** Whether the read under way overrules what is stored, whatever the versions say. */
  let rewound = false;

  const apply = (object: T) => {
    const change = rewound ? store.replace(object) : store.apply(object);
    if (change.changed) onChange(change.before, object);
  };
  const remove = (object: Versioned) => {
    const change = store.delete(object);
    if (change.changed) onChange(change.before, undefined);
  };

  const isDoubtful = (object: T) =>
    newest !== "" && !isNewer(object.resourceVersion, newest) && store.get(object) === undefined;

  return (event) => {
    switch (event.type) {
      case "init":
        read = new FullRead(store);
        ({ rewound, newest } = event);
        doubtful = [];
        return;
      case "initApply":
        if (isDoubtful(event.object)) return void doubtful.push(event.object);
        apply(event.object);
        return read.name(event.object);
      case "initDone": {
        const done = read;
        for (const object of doubtful.splice(0)) {
          apply(object);
          done.name(object);
        }
        read = new FullRead(store);
        rewound = false;
        return stretch.forEach(done.suspects(namespace), (object) => {
          if (!done.isNamed(object)) remove(object);
        });
      }
      case "apply":
        return apply(event.object);
      case "delete":
        read.unname(event.object);
        if (doubtful.length > 0) {
          doubtful = doubtful.filter((object) => refKey(object) !== refKey(event.object));
        }
        return remove(event.object);
      default:
        event satisfies never;
    }
  };
}
