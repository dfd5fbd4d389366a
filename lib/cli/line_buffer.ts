/** Lines on their way out, gathered for a moment and written together: each write hops through a thread of the runtime. */

import type { Clock } from "../api/clock.ts";

/** So long a line waits for others, which a person does not see; milliseconds. */
const GATHER_MS = 20;
/** So much does not wait for more; UTF-16 units. */
const ENOUGH = 16 * 1024;
/** So much waits at most while nobody reads what is written; UTF-16 units. */
const MAX_WAITING = 1024 * 1024;

const encoder = new TextEncoder();

/** What lines are written with. */
export interface LineBufferOptions {
  /** Writes all of `bytes`. What it fails to write is lost: a full disk or a reader that went away ends nobody's work. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly clock: Pick<Clock, "after">;
  /** The line that is written in place of `count` lines for which there was no room. */
  readonly droppedLine: (count: number) => string;
}

/** Keeps lines in their order, and has at most one write under way. */
export class LineBuffer {
  readonly #options: LineBufferOptions;
  #waiting = "";
  /** How many lines have come since what waits left no room for them. */
  #dropped = 0;
  /** Whether what waits is to be written now, or after the write that is under way. */
  #isDue = false;
  #cancelTimer = () => {};
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: LineBufferOptions) {
    this.#options = options;
  }

  /** Takes a line, its line break included. Once the buffer was closed, it drops it. */
  add(line: string): void {
    if (this.#isClosed) return;
    if (this.#waiting === "") {
      this.#cancelTimer = this.#options.clock.after(GATHER_MS, () => this.#writeSoon());
    } else if (this.#dropped > 0 || this.#waiting.length + line.length > MAX_WAITING) {
      // Shorter lines, too, once one was dropped: they belong behind the one that tells of it.
      this.#dropped++;
      return;
    }
    this.#waiting += line;
    if (this.#waiting.length >= ENOUGH) this.#writeSoon();
  }

  /** Takes out all that waits: it is the caller's to write. */
  take(): string {
    const text = this.#dropped === 0
      ? this.#waiting
      : this.#waiting + this.#options.droppedLine(this.#dropped);
    this.#cancelTimer();
    this.#waiting = "";
    this.#dropped = 0;
    this.#isDue = false;
    return text;
  }

  /** Resolves once all that waits has been written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#waiting !== "") this.#writeSoon();
    await this.#writing;
  }

  #writeSoon(): void {
    this.#isDue = true;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    while (this.#isDue) {
      const bytes = encoder.encode(this.take());
      await this.#options.write(bytes).catch(() => {});
    }
    this.#writing = undefined;
  }
}
