/** The body of an answer that is read off its connection, straight into the buffer that its reader brings. */

import { ConnectionError } from "../api/errors.ts";
import { type ByteReader, MAX_BYTES } from "./body_buffer.ts";
import type { Framing } from "./http_framing.ts";
import type { AnswerHead } from "./http_head.ts";
import { wholeBody } from "./whole_body.ts";
import type { Answer, WireOptions } from "./wire.ts";

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

/** An answer off a socket: the runtime's would put a stream before its body, at a tenth more processor time. */
export class SocketAnswer implements Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: SocketBody;

  constructor({ status, statusText, headers }: AnswerHead, body: SocketBody) {
    this.status = status;
    this.statusText = statusText;
    this.headers = headers;
    this.body = body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** @throws {ConnectionError} when it is longer than 16 MiB, and whatever breaks the body */
  async text(): Promise<string> {
    const tooLong = () => new ConnectionError("other", "The API server answered with more than 16 MiB.");
    return new TextDecoder().decode(await wholeBody(this.body, { maxBytes: MAX_BYTES, tooLong }));
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
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
