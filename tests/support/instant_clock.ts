/** A clock on which every wait is over at once, and remembered: for tests that ask how long, not in which order. */

import type { Clock } from "../../lib/api/clock.ts";

/** Time passes only while somebody waits. */
export class InstantClock implements Clock {
  /** Every wait so far, in milliseconds. */
  readonly waits: number[] = [];
  #monotonic = 0;

  now(): number {
    return Date.UTC(2026, 1, 22, 10) + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    let cancelled = false;
    this.waits.push(ms);
    queueMicrotask(() => {
      if (cancelled) return;
      this.#monotonic += ms;
      callback();
    });
    return () => {
      cancelled = true;
    };
  }
}
