/** Reads HTTP/1.1 requests from bytes as they come, without a server library that would repair or refuse anything. */

import { Buffer } from "node:buffer";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: Headers;
  /** The headers' lines as they came, one for each. */
  readonly lines: readonly string[];
  readonly body: string;
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** Counts the server's connections from 0: equal numbers shared one. */
  readonly connection: number;
}

/** The first request in `bytes` and what follows it; undefined while it is not complete. */
export function takeRequest(
  bytes: Buffer,
  connection: number,
): { request: ReceivedRequest; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  const taken = takeBody(bytes.subarray(end + 4), headers);
  if (taken === undefined) return undefined;
  const { body, rest } = taken;
  return { request: { method, target, headers, lines, body, at: performance.now(), connection }, rest };
}

function takeBody(bytes: Buffer, headers: Headers): { body: string; rest: Buffer } | undefined {
  if (headers.get("transfer-encoding") === "chunked") return takeChunks(bytes);
  const length = Number(headers.get("content-length") ?? 0);
  return bytes.length < length
    ? undefined
    : { body: bytes.toString("utf8", 0, length), rest: bytes.subarray(length) };
}

function takeChunks(bytes: Buffer): { body: string; rest: Buffer } | undefined {
  const chunks: Buffer[] = [];
  for (let from = 0;;) {
    const line = bytes.indexOf("\r\n", from);
    if (line < 0) return undefined;
    const length = parseInt(bytes.toString("latin1", from, line), 16);
    const next = line + 2 + length + 2;
    if (bytes.length < next) return undefined;
    if (length === 0) return { body: Buffer.concat(chunks).toString("utf8"), rest: bytes.subarray(next) };
    chunks.push(bytes.subarray(line + 2, next - 2));
    from = next;
  }
}
