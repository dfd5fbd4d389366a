/** One request on a connection of its own, read without anything in between: a third of the processor time of `fetch`. */

import { unlessAborted } from "../api/abort.ts";
import { certificateProblem, requireCertificate } from "./certificate_problem.ts";
import type { Access } from "./credentials.ts";
import { type Framing, FramingError, framingOf } from "./http_framing.ts";
import { type AnswerHead, headEnd, readAnswerHead, toMessage } from "./http_head.ts";
import type { Wire, WireOptions } from "./wire.ts";

/** How much is read at a time for a reader that brings no buffer of its own; bytes. */
const CHUNK_BYTES = 4 * 1024;
/** A head that is longer is no API server's; bytes. */
const MAX_HEAD_BYTES = 64 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Asks straight to the server; the connection ends with the body of the answer. */
export const askOnSocket: Wire = async (request, { tls }, { origin, life, toError }) => {
  const { signal } = life;
  const connection = await connect(new URL(request.url), tls, origin, signal);
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    await writeAll(connection, toMessage(request));
    const { head, rest } = await readHead(connection);
    if (REDIRECTS.includes(head.status)) throw new TypeError("redirect");
    const framing = framingOf(head.status, head.headers);
    signal.removeEventListener("abort", close);
    if (framing !== undefined) {
      return new Response(bodyOn(connection, { framing, rest, life, toError }), head);
    }
    close();
    life[Symbol.dispose]();
    return new Response(null, head);
  } catch (error) {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
    throw error;
  }
};

/** Connects, and lets go of a connection that comes too late. @throws {CredentialsError} for unusable certificates */
async function connect(
  { protocol, hostname, port }: URL,
  { ca, client }: Access["tls"],
  origin: string,
  signal: AbortSignal,
): Promise<Deno.Conn> {
  signal.throwIfAborted();
  requireCertificate(ca, origin);
  const secure = protocol === "https:";
  const address = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (secure ? 443 : 80)) };
  const connecting: Promise<Deno.Conn> = secure
    ? Deno.connectTls({
      ...address,
      alpnProtocols: ["http/1.1"],
      ...(ca !== undefined && { caCerts: [ca] }),
      ...client,
    })
    : Deno.connect(address);
  try {
    return await unlessAborted(connecting, signal);
  } catch (error) {
    connecting.then((late) => late.close(), () => {});
    throw certificateProblem(error, origin) ?? error;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** Reads the head of the answer, and what has come of the body with it. */
async function readHead(
  connection: Deno.Conn,
): Promise<{ readonly head: AnswerHead; readonly rest: Uint8Array }> {
  let bytes = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  for (;;) {
    const end = headEnd(bytes.subarray(0, length));
    if (end !== undefined) {
      const head = readAnswerHead(bytes.subarray(0, end));
      const rest = bytes.subarray(end, length);
      if (head.status >= 200) return { head, rest };
      // An interim answer: the real one follows.
      bytes.copyWithin(0, end, length);
      length -= end;
      continue;
    }
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

/** The body, read straight into the buffer that its reader brings. */
function bodyOn(
  connection: Deno.Conn,
  { framing, rest, life, toError }: Pick<WireOptions, "life" | "toError"> & {
    readonly framing: Framing;
    readonly rest: Uint8Array;
  },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { signal } = life;
  let ahead = rest;
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    signal.removeEventListener("abort", abort);
    connection.close();
    life[Symbol.dispose]();
  };
  let abort = () => {};

  const read = async (into: Uint8Array<ArrayBuffer>): Promise<number | null> => {
    if (ahead.length === 0) return await connection.read(into);
    const first = ahead.subarray(0, into.length);
    into.set(first);
    ahead = ahead.subarray(first.length);
    return first.length;
  };
  /** How much of the body now lies at the front of `into`; 0 at its end. */
  const fill = async (into: Uint8Array<ArrayBuffer>): Promise<number> => {
    while (!framing.isOver()) {
      const length = await read(into);
      if (length === null) {
        if (framing.endsWithConnection) return 0;
        throw new TypeError("connection closed within the body");
      }
      const taken = framing.strip(into.subarray(0, length));
      if (taken > 0) return taken;
    }
    return 0;
  };

  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    start(controller) {
      abort = () => {
        end();
        controller.error(signal.reason);
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    },
    async pull(controller) {
      try {
        const request = controller.byobRequest!;
        const length = await fill(request.view! as Uint8Array<ArrayBuffer>);
        if (!isOpen) return;
        if (length > 0) return request.respond(length);
        end();
        controller.close();
        // Nobody who brought a buffer hears of the end before it is given back.
        controller.byobRequest?.respond(0);
      } catch (error) {
        if (!isOpen) return;
        end();
        throw toError(error);
      }
    },
    cancel: end,
  });
}
