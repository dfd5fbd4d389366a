/** A clock that the test owns: time passes only when it is told to, so no test ever waits for a real second. */

import { setImmediate } from "node:timers";
import type { Clock } from "../../lib/api/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** More timers than any test sets: beyond them, something re-arms itself without time passing. */
const MAX_TIMERS = 100_000;

/** Stands still except within {@linkcode advance}; its two times start apart, so that a mix-up shows. */
export class ManualClock implements Clock {
  /** In the order in which they were set. */
  readonly #timers = new Set<Timer>();
  readonly #quiet: () => Promise<void>;
  #monotonic = 1_000;
  #wallOffset: number;

  /** @param quiet resolves when nothing more can happen without time passing; where there is I/O, it knows of that */
  constructor(now: number = Date.UTC(2026, 1, 22, 10), quiet: () => Promise<void> = settled) {
    this.#wallOffset = now - this.#monotonic;
    this.#quiet = quiet;
  }

  /** How many timers are set and have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#wallOffset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    if (Number.isNaN(ms)) throw new TypeError("A timer cannot wait for NaN milliseconds.");
    const timer = { at: this.#monotonic + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /**
   * Lets `ms` milliseconds pass: fires what falls due, in time order, each timer at its own time, and lets all that
   * is ready to run do so before the next. `advance(0)` fires what is due at once.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await this.#quiet();
    for (let fired = 0; fired < MAX_TIMERS; fired++) {
      const next = this.#next();
      if (next === undefined || next.at > end) {
        this.#monotonic = end;
        return;
      }
      this.#monotonic = Math.max(this.#monotonic, next.at);
      this.#timers.delete(next);
      next.callback();
      await this.#quiet();
    }
    throw new Error(`More than ${MAX_TIMERS} timers fired within ${ms} ms: something re-arms itself.`);
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  jump(ms: number): void {
    this.#wallOffset += ms;
  }

  /** The soonest, and of equal times the one that was set first. */
  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}

/** Resolves when every promise that can settle without time passing has done so, however long the chain. */
export function settled(): Promise<void> {
  // One turn of the event loop: it begins only when no microtask is left.
  return new Promise((resolve) => void setImmediate(resolve));
}
