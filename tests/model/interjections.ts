/** Has something happen in the middle of what an operator does: between what it has read and what it writes. */

import { settled } from "../support/manual_clock.ts";

/** A moment in what the operator does: its so many-th call about policies, from 1, is to arrive; or it is done, and its answer is to. */
export interface Moment {
  readonly call: number;
  readonly before: "request" | "answer";
}

/** At most one thing at a time, and the moments at which it may be due. */
export class Interjections {
  #due: (Moment & { readonly act: () => Promise<void> }) | undefined;
  /** How many calls there were since something was to happen. */
  #calls = 0;

  /**
   * Does `act` at a moment of what comes next, and lets the operator hear of it before its call goes on. What this gives
   * does it at once, if the moment has not come.
   */
  at(moment: Moment, act: () => Promise<void>): () => Promise<void> {
    const due = this.#due = { ...moment, act };
    this.#calls = 0;
    return async () => {
      if (this.#due !== due) return;
      this.#due = undefined;
      await act();
    };
  }

  /** Another call begins; gives its number. */
  next(): number {
    return ++this.#calls;
  }

  /** A call has come so far; undefined for one that is not counted. */
  async reach(call: number | undefined, before: Moment["before"]): Promise<void> {
    const due = this.#due;
    if (due === undefined || due.call !== call || due.before !== before) return;
    this.#due = undefined;
    await due.act();
    await settled();
  }
}
