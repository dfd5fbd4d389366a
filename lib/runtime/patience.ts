/** Patience that signs of life renew. */

import type { Clock } from "../api/clock.ts";

/** Ends after so long without a sign. A sign costs a look at the clock: a timer for each would cost more than an event. */
export class Patience {
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  readonly #ms: number;
  readonly #onEnd: () => void;
  #endsAt = 0;
  #cancel = () => {};

  /** Begins at once, and calls `onEnd` when there was no sign for `ms` milliseconds. */
  constructor(clock: Pick<Clock, "monotonic" | "after">, ms: number, onEnd: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onEnd = onEnd;
    this.renew();
    this.#wait();
  }

  /** There was a sign. */
  renew(): void {
    this.#endsAt = this.#clock.monotonic() + this.#ms;
  }

  /** Nobody waits any more. */
  cancel(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#clock.after(this.#endsAt - this.#clock.monotonic(), () => {
      if (this.#clock.monotonic() < this.#endsAt) this.#wait();
      else this.#onEnd();
    });
  }
}
