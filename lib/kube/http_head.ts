/** The head of an HTTP/1.1 message (RFC 9112, sections 2 to 5): what is asked for, and what is answered. */

import { FramingError } from "./http_framing.ts";
import type { WireRequest } from "./wire.ts";

/** What a server answers before the body. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** A request as it is sent, after which the connection ends. */
export function toMessage({ url, method, headers, body }: WireRequest): Uint8Array<ArrayBuffer> {
  const { pathname, search, host } = new URL(url);
  const content = new TextEncoder().encode(body);
  const lines = [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`, "connection: close"];
  if (body !== undefined) lines.push(`content-length: ${content.length}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const head = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
  const message = new Uint8Array(head.length + content.length);
  message.set(head);
  message.set(content, head.length);
  return message;
}

/** Where the head ends that `bytes` begin with; undefined when its end is not among them. */
export function headEnd(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    const next = bytes[at + 1] === 0x0d ? at + 2 : at + 1;
    if (bytes[next] === 0x0a) return next + 1;
  }
  return undefined;
}

/** Reads the head that `bytes` are. @throws {FramingError} */
export function readAnswerHead(bytes: Uint8Array): AnswerHead {
  const [first = "", ...lines] = new TextDecoder("latin1").decode(bytes).trimEnd().split(/\r?\n/);
  const [, status, statusText = ""] = /^HTTP\/1\.[01] ([1-5]\d{2})(?: ([\t\x20-\x7e]*))?$/.exec(first) ?? [];
  if (status === undefined) throw new FramingError("something that is no HTTP/1.1");
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\0]*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new FramingError("a field that is none");
    headers.append(name, value);
  }
  return { status: Number(status), statusText, headers };
}
