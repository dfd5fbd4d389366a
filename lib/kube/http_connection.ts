/** One connection on which requests follow one another, in HTTP/1.1. */

import { unlessAborted } from "../api/abort.ts";
import type { Access } from "./credentials.ts";
import { createClient } from "./http_client.ts";
import { FramingError } from "./http_framing.ts";
import { type AnswerHead, headEnd, readAnswerHead } from "./http_head.ts";

/** Enough for the head of most answers, and for the body of most short ones; bytes. */
const USUAL_BYTES = 8 * 1024;
/** A head that is longer is no API server's; bytes. */
const MAX_HEAD_BYTES = 64 * 1024;

/** Where to connect to, and how. */
export interface Destination {
  readonly url: string;
  readonly tls: Access["tls"];
  /** Where the certificates come from, for a sentence about them. */
  readonly origin: string;
}

/** A connection; who opened it closes it. */
export class HttpConnection {
  readonly #connection: Deno.Conn;
  /** The head of an answer, and what came of its body with it. */
  #bytes = new Uint8Array(USUAL_BYTES);
  /** The first read of the next answer, begun before there is a request: so the end of an idle connection is heard. */
  #ahead: Promise<number | null> | undefined;
  #isOpen = true;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /**
   * Connects, and lets go of a connection that comes too late.
   *
   * @throws {CredentialsError} for unusable certificates, what the network says, and the reason of `signal`
   */
  static async open({ url, tls, origin }: Destination, signal: AbortSignal): Promise<HttpConnection> {
    signal.throwIfAborted();
    // The runtime would connect before it looks at them, and tell of a CA as it does of a server's certificate.
    createClient({ tls }, origin).close();
    const connecting = connect(new URL(url), tls);
    try {
      return new HttpConnection(await unlessAborted(connecting, signal));
    } catch (error) {
      connecting.then((late) => late.close(), () => {});
      throw error;
    }
  }

  /** Sends a whole request. */
  async write(message: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let written = 0; written < message.length;) {
      written += await this.#connection.write(message.subarray(written));
    }
  }

  /**
   * Reads the head of an answer, and what has come of its body with it, which stays as it is until the next one.
   *
   * @throws {FramingError}
   */
  async readHead(): Promise<{ readonly head: AnswerHead; readonly rest: Uint8Array }> {
    let length = 0;
    let searched = 0;
    for (;;) {
      const end = headEnd(this.#bytes.subarray(0, length), searched);
      if (end !== undefined) {
        const head = readAnswerHead(this.#bytes.subarray(0, end));
        if (head.status === 101) throw new FramingError("another protocol");
        if (head.status >= 200) return { head, rest: this.#bytes.subarray(end, length) };
        // An interim answer: the real one follows.
        this.#bytes.copyWithin(0, end, length);
        length -= end;
        searched = 0;
        continue;
      }
      searched = length;
      if (length === MAX_HEAD_BYTES) throw new FramingError("a head without an end");
      if (length === this.#bytes.length) {
        const larger = new Uint8Array(2 * length);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      const read = await (this.#ahead ?? this.#connection.read(this.#bytes.subarray(length)));
      this.#ahead = undefined;
      if (read === null) throw new TypeError("connection closed before the answer");
      length += read;
    }
  }

  /** How much of the connection now lies at the front of `into`; null at its end. */
  read(into: Uint8Array): Promise<number | null> {
    return this.#connection.read(into);
  }

  /**
   * Begins to read the next answer before it is asked for: calls `onAnything` when that begins, and when the connection ends
   * or brings what nobody has asked for.
   */
  listen(onAnything: () => void): void {
    this.#ahead = this.#connection.read(this.#bytes);
    this.#ahead.then(onAnything, onAnything);
  }

  /** Ends it; once it has ended, does nothing. */
  close(): void {
    if (this.#isOpen) this.#connection.close();
    this.#isOpen = false;
  }
}

async function connect({ protocol, hostname, port }: URL, tls: Access["tls"]): Promise<Deno.Conn> {
  const secure = protocol === "https:";
  const address = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (secure ? 443 : 80)) };
  if (!secure) return await connectTcp(address);
  const connection = await startTls(address, tls);
  try {
    await connection.handshake();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function startTls(address: Deno.ConnectOptions, { ca, client }: Access["tls"]): Promise<Deno.TlsConn> {
  const options = { alpnProtocols: ["http/1.1"], ...(ca !== undefined && { caCerts: [ca] }) };
  // The one way to show a certificate, and it cannot be told to send at once.
  if (client !== undefined) return await Deno.connectTls({ ...address, ...options, ...client });
  const connection = await connectTcp(address);
  try {
    return await Deno.startTls(connection, { hostname: address.hostname!, ...options });
  } catch (error) {
    // Unlike `close`, this may come after TLS has taken it over.
    connection[Symbol.dispose]();
    throw error;
  }
}

/** A connection that sends at once: else a first request after a handshake waits until that is acknowledged, 40 ms later. */
async function connectTcp(address: Deno.ConnectOptions): Promise<Deno.TcpConn> {
  const connection = await Deno.connect(address);
  try {
    connection.setNoDelay();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
