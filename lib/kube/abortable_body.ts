/** A body that ends when its signal aborts: the runtime's own link between the two does not survive a garbage collection. */

import type { WireOptions } from "./wire.ts";

/** How much is read at a time for a reader that brings no buffer of its own; bytes. */
const CHUNK_BYTES = 4 * 1024;

/**
 * `body`, a stream of bytes, which errors with the reason of `life` as soon as that aborts, and lets go of its connection.
 * However it ends, `life` is disposed of. What is read goes straight into the buffer that the reader brings.
 */
export function abortableBody(
  body: ReadableStream<Uint8Array>,
  { life, toError }: Pick<WireOptions, "life" | "toError">,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { signal } = life;
  const reader = body.getReader({ mode: "byob" });
  const end = () => {
    signal.removeEventListener("abort", abort);
    life[Symbol.dispose]();
  };
  let abort = () => {};
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    start(controller) {
      abort = () => {
        end();
        controller.error(signal.reason);
        reader.cancel().catch(() => {});
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read(controller.byobRequest!.view!);
        if (signal.aborted) return;
        if (!done) return controller.byobRequest?.respondWithNewView(value);
        end();
        controller.close();
        // Nobody who brought a buffer hears of the end before it is given back.
        controller.byobRequest?.respondWithNewView(value!);
      } catch (error) {
        end();
        throw toError(error);
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
}
