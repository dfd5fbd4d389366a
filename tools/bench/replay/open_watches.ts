/** The watches on pods that are open: what ends them all at once, and when the pods have been read again since. */

/** Of one run of an operator. */
export class OpenWatches {
  #ending = new AbortController();
  #read = Promise.withResolvers<void>();

  /** Aborts when the watches that are opened now are to end. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Somebody has got all pods that there are. */
  haveBeenRead(): void {
    this.#read.resolve();
  }

  /** Ends all that are open; resolves when somebody has got all pods anew. */
  async end(): Promise<void> {
    const ending = this.#ending;
    this.#ending = new AbortController();
    this.#read = Promise.withResolvers();
    ending.abort();
    await this.#read.promise;
  }
}
