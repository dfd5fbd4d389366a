/** One exchange over HTTP: what node's server received becomes a `Request`, and the `Response` to it is sent. */

import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers requests, and never throws. */
export type Handler = (request: Request) => Promise<Response>;

/** Has `handler` answer what came in; resolves when the answer is sent, or nobody wants it any more. */
export async function exchange(
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = toRequest(incoming);
  const { status, headers, body } = request === undefined
    ? new Response(null, { status: 400 })
    : await handler(request);
  // A client may go at any moment, and so between the end of its connection and the news of that.
  outgoing.on("error", () => {});
  outgoing.writeHead(status, [...headers].flat());
  // The body of a HEAD would never end: node waits for room to write it, and writes nothing.
  if (body === null || incoming.method === "HEAD") {
    outgoing.end();
    await body?.cancel();
    return;
  }
  // A watch may have nothing to say for long; that it is accepted is told at once.
  outgoing.flushHeaders();
  await send(body, outgoing);
}

/** Sends `body` as fast as it is read. One that breaks off breaks the connection: nobody is to take it for whole. */
async function send(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const gone = new Promise((resolve) => outgoing.once("close", resolve));
  gone.then(() => reader.cancel());
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (outgoing.write(read.value)) continue;
      await Promise.race([gone, new Promise((resolve) => outgoing.once("drain", resolve))]);
    }
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
}

/** The request that came in; undefined for one without a path, as `OPTIONS *`, or of a method that `Request` forbids. */
function toRequest(incoming: IncomingMessage): Request | undefined {
  const { method = "", url = "", headersDistinct } = incoming;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value])
  );
  const body = method === "GET" || method === "HEAD" ? null : ReadableStream.from(incoming);
  try {
    return new Request(url.startsWith("/") ? `https://127.0.0.1${url}` : url, { method, headers, body });
  } catch {
    return undefined;
  }
}
