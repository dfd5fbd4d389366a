/** Short calls to an API server: each bounded in time, and repeated when it fails for a passing reason. */

import type { Clock } from "../api/clock.ts";
import { ApiError } from "../api/errors.ts";
import type { Fence } from "../api/ports.ts";
import { answer } from "./client.ts";
import { withDeadline } from "./deadline.ts";
import { withRetry } from "./retry.ts";
import type { Fetch, Transport } from "./transport.ts";

/** A call as `openapi-fetch` makes it, on the `fetch` that it is given. */
export type Call<T> = (fetch: Fetch) => Promise<{ data?: T; error?: unknown; response: Response }>;

/**
 * Both throw `ApiError` when the server refuses, `ConnectionError` when no usable answer comes, and what the fence throws
 * in place of a request.
 */
export interface Calls {
  /** Asks one time. */
  once<T>(call: Call<T>, signal: AbortSignal): Promise<NonNullable<T>>;
  /** Asks again after a passing error: only for what may arrive twice. */
  repeated<T>(call: Call<T>, signal: AbortSignal): Promise<NonNullable<T>>;
}

/** Calls over `transport`, each attempt of which is made only while `fence` holds, if there is one. */
export function createCalls(
  transport: Pick<Transport, "server" | "fetch">,
  clock: Clock,
  fence?: Fence,
): Calls {
  const { server } = transport;
  const once: Calls["once"] = (call, signal) =>
    withDeadline((signal) => answer(call(transport.fetch(signal, fence)), server), { server }, signal);
  return {
    once,
    repeated: (call, signal) => withRetry(() => once(call, signal), { clock }, signal),
  };
}

/** What `ask` brings; undefined when the server refuses it with one of `codes`. */
export async function undefinedOn<T>(
  codes: readonly number[],
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
