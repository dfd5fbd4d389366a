/** Measures how long the event loop was held up: a timer that notes how late it comes. */

import type { Clock } from "../api/clock.ts";

const TICK_MS = 500;

/** Ticks until `signal` aborts. The answer reads, and resets, the longest delay since the last reading, in seconds. */
export function measureLoopLag(clock: Clock, signal: AbortSignal): () => number {
  let worstMs = 0;
  let cancel = () => {};
  const tick = () => {
    const expected = clock.monotonic() + TICK_MS;
    cancel = clock.after(TICK_MS, () => {
      worstMs = Math.max(worstMs, clock.monotonic() - expected);
      tick();
    });
  };
  if (!signal.aborted) tick();
  signal.addEventListener("abort", () => cancel());
  return () => {
    const seconds = worstMs / 1000;
    worstMs = 0;
    return seconds;
  };
}
