/** How long writes may go on: until the lease is lost, or for a while after the operator is told to stop. */

import { linkedAbort } from "../api/abort.ts";
import type { Clock } from "../api/clock.ts";

/** How long writes under way may still take: with 2 s more for giving a lease back, all is over within 10; milliseconds. */
const LAST_WRITES_MS = 6_000;

/** Aborts when `lost` does, or some time after `stop` does; not once it is disposed of, because all is written. */
export function writesSignal(
  clock: Clock,
  stop: AbortSignal,
  lost: AbortSignal,
): { readonly signal: AbortSignal } & Disposable {
  const writes = linkedAbort(lost);
  let cancel = () => {};
  const start = () => cancel = clock.after(LAST_WRITES_MS, () => writes.abort());
  if (stop.aborted) start();
  else stop.addEventListener("abort", start, { once: true });
  return {
    signal: writes.signal,
    [Symbol.dispose]() {
      cancel();
      stop.removeEventListener("abort", start);
      writes[Symbol.dispose]();
    },
  };
}
