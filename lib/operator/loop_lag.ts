/** Measures how long the event loop was held up: a timer that notes how late it comes. */

import type { Clock } from "../api/clock.ts";

const TICK_MS = 500;
/** As many ticks as fit into a minute. */
const REMEMBERED = 60_000 / TICK_MS;

/**
 * Ticks until `signal` aborts. The answer tells the longest delay among the ticks of the last minute, in seconds; it may be
 * asked by any number of readers, since asking changes nothing.
 */
export function measureLoopLag(clock: Clock, signal: AbortSignal): () => number {
  /** The delays of the last ticks in milliseconds, the oldest at the place that is written next. */
  const delays = new Float64Array(REMEMBERED);
  let next = 0;
  let cancel = () => {};
  const tick = () => {
    const expected = clock.monotonic() + TICK_MS;
    cancel = clock.after(TICK_MS, () => {
      delays[next] = Math.max(0, clock.monotonic() - expected);
      next = (next + 1) % REMEMBERED;
      tick();
    });
  };
  if (!signal.aborted) tick();
  signal.addEventListener("abort", () => cancel());
  return () => Math.max(...delays) / 1000;
}
