/** What has come of a body and was not yet taken, in one buffer that is used again and again. */

import { ConnectionError } from "../api/errors.ts";

/** Enough for what usually arrives at once; bytes. */
const USUAL_BYTES = 256 * 1024;
/** Longer than any object an API server stores, managed fields and all; what its own clients accept; bytes. */
export const MAX_BYTES = 16 * 1024 * 1024;

/** Reads a body into buffers that it is brought, as the reader of a stream does. */
export interface ByteReader {
  /** Reads on; `value` is of the same memory as `into`, which must not be used any more. */
  read(
    into: Uint8Array<ArrayBuffer>,
  ): Promise<{ done: boolean; value?: Uint8Array<ArrayBuffer> | undefined }>;
  /** Gives up what has not been read. */
  cancel(): Promise<void>;
}

/** A body as it comes: a stream of bytes, or what is read without one. */
export type Body = ReadableStream<Uint8Array> | ByteReader;

/**
 * Reads a body into one buffer: a buffer for each chunk, as the usual way of reading has it, would pile up ten times as
 * much memory before it is collected.
 *
 * Disposing of it gives up what has not been read.
 */
export class BodyBuffer implements AsyncDisposable {
  readonly #reader: ByteReader;
  /** The buffer; another one after each {@linkcode fill}. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(USUAL_BYTES);
  /** What is there lies in `bytes` from here to {@linkcode end}. */
  start = 0;
  end = 0;
  /** How many bytes of the body were taken. */
  taken = 0;

  constructor(body: Body) {
    this.#reader = body instanceof ReadableStream ? body.getReader({ mode: "byob" }) : body;
  }

  /** How many bytes are there. */
  get length(): number {
    return this.end - this.start;
  }

  /**
   * Reads on until at least `length` bytes are there; false when the body ends before.
   *
   * @throws {ConnectionError} when `length` is more than 16 MiB, and whatever breaks the body
   */
  async fill(length: number): Promise<boolean> {
    while (this.length < length) {
      this.#makeRoom(length);
      const { done, value } = await this.#reader.read(this.bytes.subarray(this.end));
      if (value !== undefined) this.bytes = new Uint8Array(value.buffer);
      if (done) return false;
      this.end += value!.length;
    }
    return true;
  }

  /** Lets go of the first `length` bytes. */
  take(length: number): void {
    this.start += length;
    this.taken += length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A body that broke has been told of already.
    await this.#reader.cancel().catch(() => {});
  }

  /** Moves what is there, which is less than `length`, to the front of a buffer in which `length` bytes fit. */
  #makeRoom(length: number): void {
    if (length > MAX_BYTES) {
      throw new ConnectionError("other", "The API server sent an object of more than 16 MiB.");
    }
    const rest = this.bytes.subarray(this.start, this.end);
    const capacity = capacityFor(length, this.bytes.length);
    if (capacity !== this.bytes.length) this.bytes = new Uint8Array(capacity);
    this.bytes.set(rest);
    this.end = rest.length;
    this.start = 0;
  }
}

/** What is longer than usual gets a buffer for itself, which grows in large steps and does not outlive it. */
function capacityFor(length: number, current: number): number {
  if (length <= USUAL_BYTES) return USUAL_BYTES;
  return length <= current ? current : Math.min(MAX_BYTES, Math.max(length, 2 * current));
}
