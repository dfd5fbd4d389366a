/** Hands on what happens to who reads at a pace of its own. */

/** A queue between one that pushes and one that reads. */
export class Feed<T> {
  #queue: T[] = [];
  #wake = () => {};

  push(item: T): void {
    this.#queue.push(item);
    this.#wake();
  }

  /** All that was pushed since the last batch; an empty batch when nothing was for `idleMs`. It ends with `signal`. */
  async *batches(idleMs: number, signal?: AbortSignal): AsyncGenerator<readonly T[]> {
    signal?.addEventListener("abort", () => this.#wake());
    while (!signal?.aborted) {
      if (this.#queue.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, idleMs);
        this.#wake = resolve;
        await promise;
        clearTimeout(timer);
        if (signal?.aborted) return;
      }
      const batch = this.#queue;
      this.#queue = [];
      yield batch;
    }
  }
}

/** A watch that nothing happens to hears a bookmark so often, so that nobody takes it for frozen; milliseconds. */
export const BOOKMARK_MS = 15_000;
