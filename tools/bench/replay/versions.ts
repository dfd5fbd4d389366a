/** The resource versions of the replay: ever rising, and all of one length, as what is stamped needs. */

const FIRST = 1_000_000_000;

/** Counts the changes of one replay. */
export class Versions {
  #current = FIRST;

  get current(): string {
    return String(this.#current);
  }

  next(): string {
    return String(++this.#current);
  }
}
