/** What a scripted server may answer: what API servers say, and what proxies, crashes and networks make of it. */

import { Buffer } from "node:buffer";
import type { Reply } from "./loopback_server.ts";

/** A JSON answer; the connection stays open for the next request. */
export function json(value: unknown, { status = 200, headers = {} }: ReplyOptions = {}): Reply {
  return text(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}

/** Any answer that has an end. */
export function text(body: string, { status = 200, headers = {} }: ReplyOptions = {}): Reply {
  const length = { "content-length": String(Buffer.byteLength(body)) };
  return (wire) => wire.write(head(status, { ...length, ...headers }) + body);
}

/** A refusal in the API server's own form. */
export function refusal(code: number, reason = "", { headers = {}, ...more }: RefusalOptions = {}): Reply {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message: reason,
    ...more,
  };
  return json(body, { status: code, headers });
}

/** An answer in protobuf. */
export function protobuf(body: Uint8Array, { status = 200, headers = {} }: ReplyOptions = {}): Reply {
  const own = {
    "content-type": "application/vnd.kubernetes.protobuf",
    "content-length": String(body.length),
  };
  return (wire) => {
    wire.write(head(status, { ...own, ...headers }));
    wire.write(body);
  };
}

/** A login page where an API server should be. */
export const loginPage: Reply = text("<!doctype html><title>Sign in</title>", {
  headers: { "content-type": "text/html" },
});

export function redirect(location: string, status = 302): Reply {
  return text("", { status, headers: { location } });
}

/** Takes the request and never says a word. */
export const silence: Reply = () => {};

/** Begins the headers and never ends them. */
export const slowHeaders: Reply = (wire) =>
  wire.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");

/** Ends the connection instead of answering. */
export const hangUp: Reply = (wire) => wire.end();

/** Resets the connection instead of answering. */
export const reset: Reply = (wire) => wire.reset();

/** Promises the whole of `value`, sends its first `bytes` bytes, and ends. */
export function cutAfter(bytes: number, value: unknown): Reply {
  const body = Buffer.from(JSON.stringify(value));
  return (wire) => {
    wire.write(head(200, { "content-type": "application/json", "content-length": String(body.length) }));
    wire.write(body.subarray(0, bytes));
    wire.end();
  };
}

/** How a stream ends: as it should, without its end mark, never, or with a reset. */
export type StreamEnd = "clean" | "cut" | "frozen" | "reset";

/** A stream of chunks, as a watch is. */
export function stream(
  chunks: readonly (string | Uint8Array)[],
  end: StreamEnd = "clean",
  contentType = "application/json",
): Reply {
  return (wire) => {
    wire.write(head(200, { "content-type": contentType, "transfer-encoding": "chunked" }));
    for (const chunk of chunks) {
      wire.write(`${Buffer.byteLength(chunk).toString(16)}\r\n`);
      wire.write(chunk);
      wire.write("\r\n");
    }
    if (end === "clean") wire.write("0\r\n\r\n");
    else if (end === "cut") wire.end();
    // What was written has to arrive first: a reset throws away what the other side has not read.
    else if (end === "reset") setTimeout(() => wire.reset(), 30);
  };
}

interface ReplyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly details?: unknown;
}

function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join("")}\r\n`;
}
