/** The head of an HTTP/1.1 message (RFC 9112, sections 2 to 5): what is asked for, and what is answered. */

import { FramingError } from "./http_framing.ts";
import { toText } from "./utf8.ts";
import type { WireRequest } from "./wire.ts";

/** What a server answers before the body. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** Whether the connection may be used again, once the answer has ended. */
  readonly isLasting: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const SENDABLE = /^[\t\x20-\x7e]*$/;

/**
 * A request as it is sent.
 *
 * @throws {TypeError} for a header that would be more than one, or none; its value, which may be a token, is not told
 */
export function toMessage({ url, method, headers, body }: WireRequest): Uint8Array<ArrayBuffer> {
  const { pathname, search, host } = new URL(url);
  if (!headers.every(([name, value]) => NAME.test(name) && SENDABLE.test(value))) {
    throw new TypeError("a header that cannot be sent");
  }
  const content = new TextEncoder().encode(body);
  const lines = [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`];
  if (body !== undefined) lines.push(`content-length: ${content.length}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const head = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
  const message = new Uint8Array(head.length + content.length);
  message.set(head);
  message.set(content, head.length);
  return message;
}

/**
 * Where the head ends that `bytes` begin with; undefined when its end is not among them.
 *
 * @param searched how many of them are known to hold no end
 */
export function headEnd(bytes: Uint8Array, searched = 0): number | undefined {
  // An end is three bytes at most.
  for (let at = bytes.indexOf(LF, Math.max(0, searched - 2)); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) return next + 1;
  }
  return undefined;
}

/** Reads the head that `bytes` are. @throws {FramingError} */
export function readAnswerHead(bytes: Uint8Array): AnswerHead {
  const [first = "", ...lines] = toLatin1(bytes).replace(/(\r?\n)+$/, "").split(/\r?\n/);
  const [, version, status, statusText = ""] =
    /^HTTP\/1\.([01]) ([1-5]\d{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(first) ?? [];
  if (status === undefined) throw new FramingError("something that is no HTTP/1.1");
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = /^([^:]+):[ \t]*([^\0\r]*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !NAME.test(name)) {
      throw new FramingError("a field that is none");
    }
    headers.append(name, value);
  }
  if (version === "0" && headers.has("transfer-encoding")) {
    throw new FramingError("a transfer encoding, which HTTP/1.0 does not have");
  }
  const isLasting = version === "1" && !/\bclose\b/i.test(headers.get("connection") ?? "") &&
    // Whoever is of two minds about where an answer ends does not get to say where the next one begins.
    !(headers.has("transfer-encoding") && headers.has("content-length"));
  return { status: Number(status), statusText, headers, isLasting };
}

/** Each byte as the character of its number; the runtime's decoder of that name knows some bytes as other characters. */
function toLatin1(bytes: Uint8Array): string {
  // Eight times as fast for ASCII, which nearly every head is, and which is the same in both.
  const text = toText(bytes, 0, bytes.length);
  return /[\u0080-\uffff]/.test(text) ? String.fromCharCode(...bytes) : text;
}
