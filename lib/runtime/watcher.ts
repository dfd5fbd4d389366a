/** Follows one collection for as long as it is asked to, and decides when to try again after whatever networks do. */

import { sleep } from "../api/clock.ts";
import { ApiError, isRefusal } from "../api/errors.ts";
import type { Versioned } from "../api/object.ts";
import { backoffMs, jittered, OUTAGE_BACKOFF } from "./backoff.ts";
import { Follower, type WatcherOptions } from "./follower.ts";
import type { WatchEnd } from "./watcher_event.ts";

/** A watch that was followed for this long was a healthy one: the next may start at once. */
const HEALTHY_MS = 10_000;
/** A refusal may be a moment's: a token that was just rotated, or a server that has just started. */
const REFUSED_MS = 2_000;
/** A server whose history is gone again within this time forgets it in a row. */
const REMEMBERS_MS = 120_000;
/** Whoever forgets so often in a row will do so again. */
const FORGETFUL = 3;

/**
 * Runs until `signal` aborts. Never throws: what goes wrong is told to the observer and tried again, at once after a
 * watch that had lived, else after 1, 2, 4 … 45 seconds; after the first refusal in 2.
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
  /** What has come since the last healthy watch of that which is followed up promptly, once: changes of way, a refusal. */
  const seen = new Set<WatchEnd | "refused">();
  const isFirst = (what: WatchEnd | "refused") => {
    const isNew = !seen.has(what);
    seen.add(what);
    return isNew;
  };
  while (!signal.aborted) {
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
    if (end === "gone") {
      const now = clock.monotonic();
      forgotten = now - goneAt < REMEMBERS_MS ? forgotten + 1 : 1;
      goneAt = now;
      if (forgotten === FORGETFUL) observer?.forgetful?.();
    }
    // However long each watch of a forgetful server lives: all is read again ever more slowly.
    if (follower.followedMs >= HEALTHY_MS && (end !== "gone" || forgotten < FORGETFUL)) {
      failures = 0;
      seen.clear();
    }
    if ((end === "gone" || end === "no-watch-list") && isFirst(end)) continue;
    failures++;
    const delay = isRefusal(error) && isFirst("refused")
      ? REFUSED_MS
      : failures === 1
      ? 0
      : backoffMs(failures - 1, OUTAGE_BACKOFF);
    const asked = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    await sleep(clock, jittered(Math.max(delay, asked), random), signal);
  }
}
