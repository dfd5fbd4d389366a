/** Requests, answers and bodies as they pass through a transport, for tests that stand on either side of it. */

import type { Body } from "../../lib/kube/body_buffer.ts";
import type { WireRequest } from "../../lib/kube/wire.ts";

/** A GET of that address. */
export function toGet(url: string): WireRequest {
  return { url, method: "GET", headers: [], body: undefined };
}

/** The same request, as the runtime has it. */
export function toRequest({ url, method, headers, body }: WireRequest): Request {
  const request = new Request(url, { method, body: body ?? null });
  for (const [name, value] of headers) request.headers.set(name, value);
  return request;
}

/** Reads a body in small pieces, however it comes. */
export function readerOf(
  body: Body,
): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>; cancel(): Promise<void> } {
  if (body instanceof ReadableStream) return body.getReader();
  return { read: () => body.read(new Uint8Array(4 * 1024)), cancel: () => body.cancel() };
}
