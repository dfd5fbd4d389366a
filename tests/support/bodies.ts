/** Bodies as the transport gives them: streams of bytes, in the chunks that a test wants. */

/** What became of a body: how many chunks were asked for, and whether it was given up. */
export interface BodySeen {
  pulled: number;
  cancelled: boolean;
}

/** A body of those chunks, each read on its own; after the last it ends. */
export function bodyOf(...chunks: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return watchedBody(chunks).body;
}

/** The same, made as it is read; `then` throws what breaks the body behind the last chunk, or never resolves. */
export function watchedBody(
  chunks: Iterable<string | Uint8Array>,
  then: () => void | Promise<void> = () => {},
): { body: ReadableStream<Uint8Array>; seen: BodySeen } {
  const iterator = chunks[Symbol.iterator]();
  const seen: BodySeen = { pulled: 0, cancelled: false };
  const body = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        seen.pulled++;
        const chunk = typeof next.value === "string" ? new TextEncoder().encode(next.value) : next.value;
        // A copy: the stream takes the bytes away from whoever gave them. An empty one would be no chunk.
        if (chunk.length > 0) return controller.enqueue(new Uint8Array(chunk));
      }
      await then();
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: () => void (seen.cancelled = true),
  });
  return { body, seen };
}

/** `bytes` cut at those places, wherever they lie. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.slice(at[i], end));
}
