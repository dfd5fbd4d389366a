/** A watcher feeding a store: after each event the store holds what the API server does, deletions included. */

import { refKey, type Versioned } from "../api/object.ts";
import type { Store } from "./store.ts";
import type { WatcherOptions } from "./follower.ts";
import { runWatcher } from "./watcher.ts";
import type { WatcherEvent } from "./watcher_event.ts";

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
  return runWatcher({ ...options, sink: reflect(options) }, signal);
}

/** Applies watcher events to a store, in place: a full read never needs a second copy of the collection. */
export function reflect<T extends Versioned>(
  { store, namespace, onChange }: Pick<ReflectorOptions<T>, "store" | "namespace" | "onChange">,
): (event: WatcherEvent<T>) => void {
  /** The keys named by the full read under way. */
  let seen = new Set<string>();
  /** Whether that read overrules what is stored, whatever the versions say. */
  let rewound = false;

  const apply = (object: T) => {
    const change = rewound ? store.replace(object) : store.apply(object);
    if (change.changed) onChange(change.before, object);
  };
  const remove = (object: Versioned) => {
    const change = store.delete(object);
    if (change.changed) onChange(change.before, undefined);
  };

  return (event) => {
    switch (event.type) {
      case "init":
        seen = new Set();
        rewound = event.rewound;
        return;
      case "initApply":
        seen.add(refKey(event.object));
        return apply(event.object);
      case "initDone": {
        const gone = Array.from(store.list(namespace)).filter((object) => !seen.has(refKey(object)));
        seen = new Set();
        rewound = false;
        return gone.forEach(remove);
      }
      case "apply":
        return apply(event.object);
      case "delete":
        seen.delete(refKey(event.object));
        return remove(event.object);
      default:
        event satisfies never;
    }
  };
}
