/** Follows one collection for as long as it is asked to, and decides when to try again after whatever networks do. */

import { sleep } from "../api/clock.ts";
import { ApiError } from "../api/errors.ts";
import type { Versioned } from "../api/object.ts";
import { backoffMs, jittered } from "./backoff.ts";
import { Follower, type WatcherOptions } from "./follower.ts";
import type { WatchEnd } from "./watcher_event.ts";

/** A watch that lived this long was a healthy one: the next may start at once. */
const HEALTHY_MS = 10_000;
/** Delays between failed tries: long enough that an outage of ten minutes is asked about twenty times, not more. */
const WATCH_BACKOFF = { baseMs: 1_000, maxMs: 45_000 };
/** A server whose history is gone again within this time forgets it in a row. */
const REMEMBERS_MS = 120_000;
/** Whoever forgets so often in a row will do so again. */
const FORGETFUL = 3;

/**
 * Runs until `signal` aborts. Never throws: what goes wrong is told to the observer and tried again, at once after a
 * watch that had lived, else after 1, 2, 4 … 45 seconds.
 */
export async function runWatcher<T extends Versioned>(
  options: WatcherOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, observer, random = Math.random } = options;
  const follower = new Follower(options);
  let failures = 0;
  /** How often in a row the history was gone, and when it was last. */
  let forgotten = 0;
  let goneAt = -Infinity;
  /** The changes of way since the last healthy watch: each costs nothing, once. */
  const changesOfWay = new Set<WatchEnd>();
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    let error: unknown;
    let end: WatchEnd;
    try {
      end = await follower.follow(signal);
    } catch (thrown) {
      error = thrown;
      end = "failed";
    }
    if (signal.aborted) return;
    observer?.ended(end, error, follower.resumes);
    const endedAt = clock.monotonic();
    if (end === "gone") {
      forgotten = endedAt - goneAt < REMEMBERS_MS ? forgotten + 1 : 1;
      goneAt = endedAt;
      if (forgotten === FORGETFUL) observer?.forgetful?.();
    }
    // However long each watch of a forgetful server lives: all is read again ever more slowly.
    if (endedAt - startedAt >= HEALTHY_MS && (end !== "gone" || forgotten < FORGETFUL)) {
      failures = 0;
      changesOfWay.clear();
    }
    if ((end === "gone" || end === "no-watch-list") && !changesOfWay.has(end)) {
      changesOfWay.add(end);
      continue;
    }
    failures++;
    const delay = failures === 1 ? 0 : backoffMs(failures - 1, WATCH_BACKOFF);
    const asked = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    await sleep(clock, jittered(Math.max(delay, asked), random), signal);
  }
}
