/** A body that ends when its signal aborts: the runtime's own link between the two does not survive a garbage collection. */

import type { LinkedAbort } from "../api/abort.ts";

/**
 * `body`, which errors with the reason of `life` as soon as that aborts, and lets go of its connection. However it ends,
 * `life` is disposed of.
 */
export function abortableBody(
  body: ReadableStream<Uint8Array>,
  life: LinkedAbort,
): ReadableStream<Uint8Array> {
  const { signal } = life;
  const reader = body.getReader();
  const end = () => {
    signal.removeEventListener("abort", abort);
    life[Symbol.dispose]();
  };
  let abort = () => {};
  return new ReadableStream<Uint8Array>({
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
        const { done, value } = await reader.read();
        if (signal.aborted) return;
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
