/** Bounds a short call in time, its body included: `fetch` waits for ever for the rest of an answer that has begun. */

import { linkedAbort } from "../api/abort.ts";
import { ConnectionError } from "../api/errors.ts";

/** How long a short call may take from its start to the end of its answer; milliseconds. */
export const CALL_TIMEOUT_MS = 30_000;

/**
 * Runs `call` with a signal that also aborts after `ms` milliseconds.
 *
 * @throws {ConnectionError} `timeout` when it took longer
 */
export async function withDeadline<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { server, ms = CALL_TIMEOUT_MS }: { server: string; ms?: number },
  signal: AbortSignal,
): Promise<T> {
  using bounded = linkedAbort(signal);
  const message = `Cannot reach the API server at ${server}: its answer did not end within ${ms / 1000} s.`;
  const timer = setTimeout(() => bounded.abort(new ConnectionError("timeout", message)), ms);
  try {
    return await call(bounded.signal);
  } finally {
    clearTimeout(timer);
  }
}
