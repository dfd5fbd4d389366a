/** Long work in short stretches, so that probes, leases and events have their turn in between. */

import type { Clock } from "./clock.ts";

/** So long may work go on before others have their turn; milliseconds. */
const STRETCH_MS = 5;
/** Whoever works looks at the time more often than this: when nobody has, nobody worked; milliseconds. */
const PAUSE_MS = 100;
/** After so many pieces of work is looked at the time. */
const PIECES = 64;

/** The time that all long work of one event loop shares: each rests when together they have held it for long. */
export class Stretch {
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  #since = -Infinity;
  #lookedAt = -Infinity;
  #turn: Promise<void> | undefined;

  constructor(clock: Pick<Clock, "monotonic" | "after">) {
    this.#clock = clock;
  }

  /** Whether others have waited for long enough. */
  get isOver(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt > PAUSE_MS) this.#since = now;
    this.#lookedAt = now;
    return now - this.#since >= STRETCH_MS;
  }

  /** Resolves when all others have had their turn. */
  rest(): Promise<void> {
    // A timer: the runtime looks at its sockets when it waits for one, and between immediates hardly ever.
    this.#turn ??= new Promise((resolve) => {
      this.#clock.after(0, () => {
        this.#turn = undefined;
        this.#since = this.#clock.monotonic();
        resolve();
      });
    });
    return this.#turn;
  }

  /** Does `work`, which takes microseconds, on each of `items`, and rests in between when there are many. */
  async forEach<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
    let pieces = 0;
    for (const item of items) {
      work(item);
      if (++pieces % PIECES === 0 && this.isOver) await this.rest();
    }
  }
}
