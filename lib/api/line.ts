/** The line to an API server: whether anybody answers, by what all calls and watches on it meet. */

import { unlessAborted } from "./abort.ts";

/** Open until nobody answers any more, and again with the first answer. */
export class Line {
  #answers = 0;
  /** Resolves when the line is open again; undefined while it is. */
  #reopening: PromiseWithResolvers<void> | undefined;
  /** Resolves when it is closed; of no meaning while it is. */
  #closing = Promise.withResolvers<void>();

  get isOpen(): boolean {
    return this.#reopening === undefined;
  }

  /** How many answers there were. */
  get answers(): number {
    return this.#answers;
  }

  /** Somebody has answered, be it with a refusal. */
  open(): void {
    this.#answers++;
    if (this.#reopening === undefined) return;
    this.#closing = Promise.withResolvers();
    this.#reopening.resolve();
    this.#reopening = undefined;
  }

  /** Nobody answers. */
  close(): void {
    if (this.#reopening !== undefined) return;
    this.#reopening = Promise.withResolvers();
    this.#closing.resolve();
  }

  /**
   * A call is sent. What this gives is to be told whether an answer came: if none did, nor to anybody else since the call
   * was sent, the line is closed.
   */
  sent(): (isAnswered: boolean) => void {
    const before = this.#answers;
    return (isAnswered) => {
      if (isAnswered) this.open();
      else if (this.#answers === before) this.close();
    };
  }

  /** Resolves once the line is open, or `signal` aborts. */
  async opened(signal: AbortSignal): Promise<void> {
    if (this.#reopening !== undefined) await unlessAborted(this.#reopening.promise, signal).catch(() => {});
  }

  /** Resolves once the line is closed, or `signal` aborts. */
  async closed(signal: AbortSignal): Promise<void> {
    await unlessAborted(this.#closing.promise, signal).catch(() => {});
  }
}
