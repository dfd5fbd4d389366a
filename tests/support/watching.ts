/** A watcher at work on a scripted collection, for tests of what it asks and of what it passes on. */

import assert from "node:assert/strict";
import { ApiError } from "../../lib/api/errors.ts";
import type { Versioned } from "../../lib/api/object.ts";
import type { ListPage } from "../../lib/api/ports.ts";
import { runWatcher } from "../../lib/runtime/watcher.ts";
import type { WatcherSink } from "../../lib/runtime/watcher_event.ts";
import { ManualClock, settled } from "./manual_clock.ts";
import { type Script, ScriptedSource, type WatchCall } from "./scripted_source.ts";
import { applied, initialEnd, thing, written } from "./things.ts";

export type Source = ScriptedSource<Versioned>;
export type Watch = WatchCall<Versioned>;

/** An answer of an API server that says no. */
export function apiError(code: number, more: { reason?: string; retryAfterMs?: number } = {}): ApiError {
  return new ApiError({ code, reason: "", message: `answered ${code}`, ...more });
}

/** A page of the named objects, at versions 1, 2, 3 … */
export function page(names: string, version: number, continueToken?: string): ListPage<Versioned> {
  const items = names.split(" ").filter(Boolean).map((name, i) => thing(name, i + 1));
  return { items, resourceVersion: String(version), continueToken };
}

/** A watcher at work on a source that does nothing by itself; `events` is what its sink was given. */
export async function watching(
  { script = {}, random = () => 0, onLive = () => {}, onSink = () => {} }: {
    script?: Script<Versioned>;
    random?: () => number;
    /** Is handed the way to end the watcher. */
    onLive?: (abort: () => void) => void;
    onSink?: WatcherSink<Versioned>;
  } = {},
) {
  const clock = new ManualClock();
  const startedAt = clock.monotonic();
  const source: Source = new ScriptedSource(clock, script);
  const events: string[] = [];
  const ends: string[] = [];
  const errors: unknown[] = [];
  const resumed: boolean[] = [];
  const stopping = new AbortController();
  const state = { lives: 0, signs: 0, ended: false, forgetful: 0 };
  const ending = runWatcher<Versioned>({
    source,
    clock,
    random,
    sink: (event) => {
      events.push("object" in event ? `${event.type} ${written(event.object)}` : event.type);
      return onSink(event);
    },
    observer: {
      live: () => {
        state.lives++;
        onLive(() => stopping.abort());
      },
      heard: () => void state.signs++,
      forgetful: () => void state.forgetful++,
      ended: (end, error, resumes) => {
        ends.push(end);
        resumed.push(resumes);
        if (error !== undefined) errors.push(error);
      },
    },
  }, stopping.signal).then(() => {
    state.ended = true;
  });
  await settled();
  return {
    clock,
    source,
    events,
    ends,
    errors,
    /** Of each end, whether the next watch goes on from there. */
    resumed,
    state,
    /** When each watch was opened, in seconds since the start. */
    openedAt: () => source.watches.map(({ at }) => (at - startedAt) / 1_000),
    /** Ends the watcher and makes sure that nothing of it is left. */
    stop: async () => {
      stopping.abort();
      await settled();
      assert.equal(state.ended, true);
      await ending;
      assert.equal(clock.pending, 0, "a timer is left");
      assert(source.watches.every((watch) => watch.signal.aborted), "a connection is left");
    },
  };
}

/** A watcher whose collection is complete at version 10 and followed. */
export async function live(options: Parameters<typeof watching>[0] = {}) {
  const world = await watching(options);
  world.source.lastWatch.accept().push(applied("a", 5), initialEnd(10));
  await settled();
  assert.deepEqual(world.events.splice(0), ["init", "initApply a@5", "initDone"]);
  return world;
}

/** What a watch asked for. */
export function start({ options }: Watch): string {
  return options.start.from === "version" ? options.start.resourceVersion : options.start.from;
}

/** What all watches asked for. */
export const starts = (source: Source) => source.watches.map(start);
