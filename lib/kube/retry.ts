/** Repeats a call that failed for a passing reason: a few times, ever slower, and never sooner than the server asks. */

import { type Clock, sleep } from "../api/clock.ts";
import { ApiError, isTransient } from "../api/errors.ts";

/** How to repeat. */
export interface RetryOptions {
  readonly clock: Clock;
  readonly attempts?: number;
  /** The first delay in milliseconds; each further one is twice as long. */
  readonly delayMs?: number;
}

/** A server that asks for more patience than this gets its answer from the caller's own schedule; milliseconds. */
const MAX_PATIENCE_MS = 30_000;

/**
 * Calls `call` until it succeeds, fails for good, or has failed `attempts` times.
 *
 * @throws what the last call threw
 */
export async function withRetry<T>(
  call: () => Promise<T>,
  { clock, attempts = 4, delayMs = 250 }: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      const asked = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
      if (!isTransient(error) || attempt >= attempts || asked > MAX_PATIENCE_MS) {
        throw error;
      }
      const own = delayMs * 2 ** (attempt - 1) * (1 + Math.random() / 4);
      await sleep(clock, Math.max(own, asked), signal);
      if (signal.aborted) throw error;
    }
  }
}
