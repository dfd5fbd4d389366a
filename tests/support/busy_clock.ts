/** A clock on which time passes by work alone: for tests of how long others have to wait for their turn. */

import { setImmediate } from "node:timers";
import type { Clock } from "../../lib/api/clock.ts";

/** What is due has its turn as soon as nobody works any more. */
export class BusyClock implements Clock {
  #now = 0;
  #turnAt = 0;
  #longest = 0;
  /** How often others have had their turn. */
  turns = 0;

  /** The longest time for which nobody else had a turn, up to now; milliseconds. */
  get longest(): number {
    return Math.max(this.#longest, this.#now - this.#turnAt);
  }

  /** Works for `ms` milliseconds. */
  work(ms: number): void {
    this.#now += ms;
  }

  now(): number {
    return Date.UTC(2026, 1, 22, 10) + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  /** A turn at once; what is due later never comes. */
  after(ms: number, callback: () => void): () => void {
    if (ms > 0) return () => {};
    setImmediate(() => {
      this.#longest = this.longest;
      this.#turnAt = this.#now;
      this.turns++;
      callback();
    });
    return () => {};
  }
}
