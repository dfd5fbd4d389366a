/** Short calls to an API server: each bounded in time, and repeated when it fails for a passing reason. */

import type { Clock } from "../api/clock.ts";
import { ApiError, ConnectionError } from "../api/errors.ts";
import type { Line } from "../api/line.ts";
import type { Fence } from "../api/ports.ts";
import { answer, type ClientFetch, toClientFetch } from "./client.ts";
import { withDeadline } from "./deadline.ts";
import { withRetry } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** A call as `openapi-fetch` makes it, on the `fetch` that it is given. */
export type Call<T> = (fetch: ClientFetch) => Promise<{ data?: T; error?: unknown; response: Response }>;

/** On which terms calls are made. */
export interface CallTerms {
  /** Each attempt is made only while it holds. */
  readonly fence?: Fence | undefined;
  /** Hears of answers, and of calls that nobody answered in time; while it is closed, only what asks once is sent. */
  readonly line?: Line | undefined;
}

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

/** Calls over `transport`. */
export function createCalls(
  transport: Pick<Transport, "server" | "fetch">,
  clock: Clock,
  { fence, line }: CallTerms = {},
): Calls {
  const { server } = transport;
  const once: Calls["once"] = async (call, signal) => {
    const ended = line?.sent();
    try {
      const result = await withDeadline(
        (signal) => answer(call(toClientFetch(transport.fetch(signal, fence))), server),
        { server },
        signal,
      );
      ended?.(true);
      return result;
    } catch (error) {
      if (error instanceof ApiError) ended?.(true);
      // What fails at once costs little to repeat, and says little: a connection may break by itself.
      else if (error instanceof ConnectionError && error.problem === "timeout") ended?.(false);
      throw error;
    }
  };
  return {
    once,
    repeated: (call, signal) =>
      withRetry(
        () => {
          if (line?.isOpen !== false) return once(call, signal);
          const message = `Cannot reach the API server at ${server}: it has stopped answering.`;
          return Promise.reject(new ConnectionError("timeout", message));
        },
        { clock },
        signal,
      ),
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
