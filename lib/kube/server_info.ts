/** Asks an API server which version it is, what time it has, and as whom it knows us. */

import type { Clock } from "../api/clock.ts";
import { createCalls, undefinedOn } from "./calls.ts";
import { type ClientFetch, createApiClient } from "./client.ts";
import type { Transport } from "./transport.ts";

/** How the server's clock compares with ours. */
export interface ClockDifference {
  /** How far the server's clock is ahead; negative when it is behind. Milliseconds. */
  readonly aheadMs: number;
  /** By how much that may be wrong either way: the server tells whole seconds, and answers take their time. */
  readonly toleranceMs: number;
}

/** What a server says of itself and of us. Each call throws `ApiError` or `ConnectionError`. */
export interface ServerInfo {
  /** For example `v1.34.4`; undefined where we may not know. */
  version(signal: AbortSignal): Promise<string | undefined>;
  /** Undefined when the answer does not say when it was given. */
  clockDifference(signal: AbortSignal): Promise<ClockDifference | undefined>;
  /** The name under which the server knows us; undefined where it does not tell, as before Kubernetes 1.28. */
  userName(signal: AbortSignal): Promise<string | undefined>;
}

/** A server tells the second that has begun: on average it is half over. */
const HALF_A_SECOND_MS = 500;

/** Asks the server behind `transport`. */
export function createServerInfo(transport: Transport, clock: Clock): ServerInfo {
  const api = createApiClient(transport);
  const calls = createCalls(transport, clock);

  return {
    version: (signal) =>
      undefinedOn([403], async () => {
        const { gitVersion } = await calls.repeated((fetch) => api.GET("/version/", { fetch }), signal);
        return gitVersion;
      }),

    async clockDifference(signal) {
      let difference: ClockDifference | undefined;
      const timed = (fetch: ClientFetch): ClientFetch => async (request) => {
        const sentAt = clock.monotonic();
        const response = await fetch(request);
        const halfway = (clock.monotonic() - sentAt) / 2;
        const told = Date.parse(response.headers.get("date") ?? "");
        difference = Number.isNaN(told) ? undefined : {
          aheadMs: told + HALF_A_SECOND_MS - (clock.now() - halfway),
          toleranceMs: HALF_A_SECOND_MS + halfway,
        };
        return response;
      };
      const ask = () => calls.repeated((fetch) => api.GET("/version/", { fetch: timed(fetch) }), signal);
      // The first answer waits for connections and credentials, which would be taken for the way there.
      for (let times = 0; times < 2; times++) await undefinedOn([403], ask);
      return difference;
    },

    userName: (signal) =>
      undefinedOn([403, 404], async () => {
        const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
        const { status } = await calls.repeated(
          (fetch) => api.POST("/apis/authentication.k8s.io/v1/selfsubjectreviews", { body: review, fetch }),
          signal,
        );
        return status?.userInfo?.username;
      }),
  };
}
