/** One request at the proxy: passed on and answered, at the level of frames and of single bytes. */

import { type Form, JSON_FORM, PROTOBUF_FORM } from "../../tools/bench/replay/frames.ts";
import { concat } from "../../tools/bench/replay/wire.ts";
import type { Connection } from "./connections.ts";
import type { LoggedRequest } from "./logged_request.ts";

/** The server behind a proxy. */
export interface Upstream {
  send(request: LoggedRequest, change?: RequestChange): Promise<Response>;
  close(): void;
}

/** What may be changed about a request before it is passed on. */
export interface RequestChange {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tells one frame of a watch to the client: as it is, or otherwise. */
export type Teller = (frame: Uint8Array, exchange: Exchange, form: Form) => void | Promise<void>;

/** The API server at `url`. */
export function upstreamOf({ url, caPem }: { readonly url: string; readonly caPem: string }): Upstream {
  const client = Deno.createHttpClient({ caCerts: [caPem], http2: false, poolMaxIdlePerHost: 64 });
  return {
    send({ method, target, body, headers }, change = {}) {
      const address = new URL(target, url);
      for (const [name, value] of Object.entries(change.query ?? {})) address.searchParams.set(name, value);
      const sent = new Headers(headers);
      for (const name of ["host", "connection", "content-length", "transfer-encoding"]) sent.delete(name);
      for (const [name, value] of Object.entries(change.headers ?? {})) sent.set(name, value);
      return fetch(address, { method, headers: sent, client, ...(body !== "" && { body }) });
    },
    close: () => client.close(),
  };
}

/** One request and its answer. */
export class Exchange {
  readonly request: LoggedRequest;
  /** How the frames of this watch are told; may be replaced at any time. */
  teller: Teller = (frame, exchange) => exchange.write(frame);
  readonly #connection: Connection;
  readonly #upstream: Upstream;
  #isOver = false;

  constructor(request: LoggedRequest, connection: Connection, upstream: Upstream) {
    this.request = request;
    this.#connection = connection;
    this.#upstream = upstream;
  }

  /** Asks the API server and gives its answer to the client. */
  async pass(change?: RequestChange): Promise<void> {
    let response: Response;
    try {
      response = await this.forward(change);
    } catch {
      // The API server is not there, so neither are we.
      return this.reset();
    }
    await this.relay(response);
  }

  /** Asks the API server; what becomes of the answer is up to the caller. */
  forward(change?: RequestChange): Promise<Response> {
    return this.#upstream.send(this.request, change);
  }

  /** Gives an answer of the API server to the client; a watch frame by frame, through {@linkcode teller}. */
  async relay(response: Response): Promise<void> {
    const type = response.headers.get("content-type") ?? "";
    if (this.request.kind !== "watch" || !response.ok) {
      return this.answer(
        response.status,
        type,
        new Uint8Array(await response.arrayBuffer()),
        response.headers,
      );
    }
    this.begin(type);
    const form = type.startsWith("application/json") ? JSON_FORM : PROTOBUF_FORM;
    const reader = response.body!.getReader();
    const gone = () => void reader.cancel().catch(() => {});
    void this.#connection.closed.then(gone);
    try {
      await this.#tell(reader, form);
    } catch {
      // The API server broke its stream, so we break ours.
      this.reset();
    } finally {
      gone();
    }
  }

  /** A whole answer. */
  answer(
    code: number,
    type: string,
    body: string | Uint8Array,
    headers: Headers | undefined = undefined,
  ): void {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const asked = headers?.get("retry-after") ?? null;
    const location = headers?.get("location") ?? null;
    this.#head(code, [
      `content-type: ${type}`,
      `content-length: ${bytes.length}`,
      ...(asked === null ? [] : [`retry-after: ${asked}`]),
      ...(location === null ? [] : [`location: ${location}`]),
    ]);
    void this.#connection.write(bytes);
    this.#isOver = true;
  }

  /** The beginning of an answer that comes in parts. */
  begin(type: string): void {
    this.#head(200, [`content-type: ${type}`, "transfer-encoding: chunked"]);
  }

  /** A part of an answer; resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    await this.#connection.write(
      concat([new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`), bytes, CRLF]),
    );
  }

  /** The end of an answer that came in parts, as it should be. */
  end(): void {
    if (!this.#isOver) void this.#connection.write(new TextEncoder().encode("0\r\n\r\n"));
    this.#isOver = true;
  }

  /** Breaks the connection without a word: TCP reset. */
  reset(): void {
    this.#isOver = true;
    this.#connection.reset();
  }

  /** Closes the connection in the middle of whatever it was at, but behind what was written. */
  cut(): void {
    this.#isOver = true;
    void this.#connection.end();
  }

  /** Says nothing more and keeps the connection; resolves when the client has given it up. */
  async freeze(): Promise<void> {
    this.#isOver = true;
    await this.#connection.closed;
  }

  async #tell(reader: ReadableStreamDefaultReader<Uint8Array>, form: Form): Promise<void> {
    let rest: Uint8Array = new Uint8Array();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return this.end();
      rest = rest.length === 0 ? value : concat([rest, value]);
      const { frames, length } = form.cut(rest);
      rest = rest.subarray(length);
      for (const frame of frames) {
        await this.teller(frame, this, form);
        if (this.#isOver) return;
      }
    }
  }

  #head(code: number, lines: readonly string[]): void {
    this.request.code = code;
    const head = `HTTP/1.1 ${code} ${code === 200 ? "OK" : "No"}\r\n${lines.join("\r\n")}\r\n\r\n`;
    void this.#connection.write(new TextEncoder().encode(head));
  }
}

const CRLF = new TextEncoder().encode("\r\n");
