/** Streams answers to clients as fast as they read, and no faster. */

import type { Watch } from "./watches.ts";

/** How much text goes into one piece; characters. */
const CHUNK = 64 * 1024;

/** The pieces as one body, joined into larger ones. */
export function bodyOf(pieces: Iterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      let text = "";
      while (text.length < CHUNK) {
        const { done, value } = iterator.next();
        if (done) {
          if (text !== "") controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += value;
      }
      controller.enqueue(encoder.encode(text));
    },
  }, { highWaterMark: 0 });
}

/** A watch as a body; it ends with the watch, and ends the watch when nobody reads any more. */
export function bodyOfWatch(watch: Watch): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = watch.read(CHUNK);
      while (text === "" && !watch.isOver) {
        await watch.wait();
        text = watch.read(CHUNK);
      }
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (watch.isOver) controller.close();
    },
    cancel: () => watch.end(),
  }, { highWaterMark: 0 });
}
