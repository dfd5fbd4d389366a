/** One request on a connection of its own, read without anything in between: a third of the processor time of `fetch`. */

import { unlessAborted } from "../api/abort.ts";
import type { Access } from "./credentials.ts";
import { bodyFrom } from "./http_body.ts";
import { createClient } from "./http_client.ts";
import { FramingError, framingOf } from "./http_framing.ts";
import { type AnswerHead, headEnd, readAnswerHead, toMessage } from "./http_head.ts";
import type { Wire } from "./wire.ts";

/** Enough for the head of most answers; bytes. */
const USUAL_HEAD_BYTES = 4 * 1024;
/** A head that is longer is no API server's; bytes. */
const MAX_HEAD_BYTES = 64 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Asks straight to the server; the connection ends with the body of the answer. */
export const askOnSocket: Wire = async (request, { tls }, { origin, life, toError }) => {
  const { signal } = life;
  const message = toMessage(request);
  const connection = await connect(new URL(request.url), tls, origin, signal);
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  signal.addEventListener("abort", close);
  try {
    // An abort between the connection and the listener is heard by neither.
    signal.throwIfAborted();
    await writeAll(connection, message);
    const { head, rest } = await readHead(connection);
    if (REDIRECTS.includes(head.status)) throw new TypeError("redirect");
    const framing = framingOf(request.method, head);
    if (framing !== undefined) {
      const source = { framing, rest, read: (into: Uint8Array) => connection.read(into), close };
      return new Response(bodyFrom(source, { life, toError }), head);
    }
    close();
    life[Symbol.dispose]();
    return new Response(null, head);
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
};

/** Connects, and lets go of a connection that comes too late. @throws {CredentialsError} for unusable certificates */
async function connect(
  { protocol, hostname, port }: URL,
  tls: Access["tls"],
  origin: string,
  signal: AbortSignal,
): Promise<Deno.Conn> {
  signal.throwIfAborted();
  // The runtime would connect before it looks at them, and tell of a CA as it does of a server's certificate.
  createClient({ tls }, origin).close();
  const secure = protocol === "https:";
  const address = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (secure ? 443 : 80)) };
  const connecting: Promise<Deno.Conn> = secure
    ? Deno.connectTls({
      ...address,
      alpnProtocols: ["http/1.1"],
      ...(tls.ca !== undefined && { caCerts: [tls.ca] }),
      ...tls.client,
    })
    : Deno.connect(address);
  try {
    return await unlessAborted(connecting, signal);
  } catch (error) {
    connecting.then((late) => late.close(), () => {});
    throw error;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** Reads the head of the answer, and what has come of the body with it. */
async function readHead(
  connection: Deno.Conn,
): Promise<{ readonly head: AnswerHead; readonly rest: Uint8Array }> {
  let bytes = new Uint8Array(USUAL_HEAD_BYTES);
  let length = 0;
  let searched = 0;
  for (;;) {
    const end = headEnd(bytes.subarray(0, length), searched);
    if (end !== undefined) {
      const head = readAnswerHead(bytes.subarray(0, end));
      if (head.status === 101) throw new FramingError("another protocol");
      if (head.status >= 200) return { head, rest: bytes.subarray(end, length) };
      // An interim answer: the real one follows.
      bytes.copyWithin(0, end, length);
      length -= end;
      searched = 0;
      continue;
    }
    searched = length;
    if (length === MAX_HEAD_BYTES) throw new FramingError("a head without an end");
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
    const read = await connection.read(bytes.subarray(length));
    if (read === null) throw new TypeError("connection closed before the answer");
    length += read;
  }
}
