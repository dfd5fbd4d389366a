/** The body of an answer that is read off its connection, straight into the buffer that its reader brings. */

import type { ByteReader } from "./body_buffer.ts";
import type { Framing } from "./http_framing.ts";
import type { WireOptions } from "./wire.ts";

/** How much is read at a time for a reader that brings no buffer of its own; bytes. */
const CHUNK_BYTES = 4 * 1024;

/** What a body is read off. */
export interface BodySource {
  readonly framing: Framing;
  /** What of the connection came with the head. */
  readonly rest: Uint8Array;
  /** How much now lies at the front of `into`; null at the end of the connection. */
  read(into: Uint8Array): Promise<number | null>;
  /** Takes back the connection, which nothing more can come on that belongs to this body. */
  giveBack(): void;
  /** Ends the connection; once it has ended, does nothing. */
  close(): void;
}

/** An answer whose body can be read without a stream in between, which would take a tenth more processor time. */
export class SocketResponse extends Response {
  readonly reader: ByteReader;

  constructor(reader: SocketBody, head: ResponseInit) {
    super(toStream(reader), head);
    this.reader = reader;
  }
}

/**
 * A body, which breaks as soon as `life` aborts. However it ends, `life` is disposed of, and the connection is closed
 * unless it is sure that another answer can follow.
 */
export class SocketBody implements ByteReader {
  readonly #source: BodySource;
  readonly #options: Pick<WireOptions, "life" | "toError">;
  readonly #abort = () => this.#end(this.#source.close);
  #ahead: Uint8Array;
  #isOpen = true;

  constructor(source: BodySource, options: Pick<WireOptions, "life" | "toError">) {
    this.#source = source;
    this.#options = options;
    this.#ahead = source.rest;
    const { signal } = options.life;
    if (signal.aborted) this.#abort();
    else signal.addEventListener("abort", this.#abort);
  }

  /** Reads on. @throws the reason of the abort, or what breaks the connection */
  async read(into: Uint8Array<ArrayBuffer>): Promise<{ done: boolean; value: Uint8Array<ArrayBuffer> }> {
    const { framing, giveBack, close } = this.#source;
    let length = 0;
    if (this.#isOpen) {
      try {
        length = await this.#fill(into);
      } catch (error) {
        // Reading off a connection that was closed fails; why it was closed is told below.
        if (this.#isOpen) {
          this.#end(close);
          throw this.#options.toError(error);
        }
      }
    }
    if (this.#isOpen && length > 0) return { done: false, value: into.subarray(0, length) };
    if (this.#isOpen) {
      const mayGoOn = this.#ahead.length === 0 && !framing.isFollowed && !framing.endsWithConnection;
      this.#end(mayGoOn ? giveBack : close);
    }
    this.#options.life.signal.throwIfAborted();
    return { done: true, value: into.subarray(0, 0) };
  }

  cancel(): Promise<void> {
    if (this.#isOpen) this.#end(this.#source.close);
    return Promise.resolve();
  }

  #end(letGo: () => void): void {
    const { life } = this.#options;
    this.#isOpen = false;
    life.signal.removeEventListener("abort", this.#abort);
    letGo();
    life[Symbol.dispose]();
  }

  /** How much of the body now lies at the front of `into`; 0 at its end. */
  async #fill(into: Uint8Array): Promise<number> {
    const { framing } = this.#source;
    while (!framing.isOver()) {
      const length = this.#ahead.length > 0 ? this.#takeAhead(into) : await this.#source.read(into);
      if (length === null) {
        if (framing.endsWithConnection) return 0;
        throw new TypeError("connection closed within the body");
      }
      const taken = framing.strip(into.subarray(0, length));
      if (taken > 0) return taken;
    }
    return 0;
  }

  #takeAhead(into: Uint8Array): number {
    const first = this.#ahead.subarray(0, into.length);
    into.set(first);
    this.#ahead = this.#ahead.subarray(first.length);
    return first.length;
  }
}

function toStream(body: SocketBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    async pull(controller) {
      const { done, value } = await body.read(controller.byobRequest!.view! as Uint8Array<ArrayBuffer>);
      if (!done) return controller.byobRequest!.respond(value.length);
      controller.close();
      // Nobody who brought a buffer hears of the end before it is given back.
      controller.byobRequest?.respond(0);
    },
    cancel: () => body.cancel(),
  });
}
