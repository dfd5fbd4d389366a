/** The operator's writes to policies, over HTTP. */

import type { Clock } from "../api/clock.ts";
import { type DevOpsPolicy, FIELD_MANAGER } from "../api/devops_policy.ts";
import { ApiError, ConnectionError } from "../api/errors.ts";
import type { PolicyClient } from "../api/ports.ts";
import { type Call, type Calls, type CallTerms, createCalls } from "./calls.ts";
import { createApiClient } from "./client.ts";
import { toDevOpsPolicy } from "./policy_decoder.ts";
import type { Transport } from "./transport.ts";

/**
 * A client whose calls are repeated on passing errors.
 *
 * That is safe for its writes: each is bound to the state it was computed from, so a second one whose first arrived
 * after all is refused as a conflict. The fence is for writes alone.
 */
export function createPolicyClient(transport: Transport, clock: Clock, terms: CallTerms = {}): PolicyClient {
  const api = createApiClient(transport);
  const path = "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}";
  const through =
    ({ repeated }: Calls) => async (request: Call<unknown>, signal: AbortSignal): Promise<DevOpsPolicy> => {
      const policy = toDevOpsPolicy(await repeated(request, signal));
      if (policy === undefined) {
        throw new ConnectionError("other", `The answer from ${transport.server} is not a policy.`);
      }
      return policy;
    };
  const reading = createCalls(transport, clock, { line: terms.line });
  const read = through(reading);
  const write = through(createCalls(transport, clock, terms));
  const query = { fieldManager: FIELD_MANAGER };

  return {
    get: ({ namespace, name }, signal) =>
      read((fetch) => api.GET(path, { params: { path: { namespace, name } }, fetch }), signal),

    probe: async ({ namespace, name }, signal) => {
      const params = { path: { namespace, name } };
      await reading.once((fetch) => api.GET(path, { params, fetch }), signal).catch((error) => {
        if (!(error instanceof ApiError)) throw error;
      });
    },

    patch: ({ namespace, name }, operations, signal) =>
      write((fetch) =>
        api.PATCH(path, {
          params: { path: { namespace, name }, query },
          headers: { "content-type": "application/json-patch+json" },
          body: operations,
          fetch,
        }), signal),

    patchStatus: ({ namespace, name }, { resourceVersion, status }, signal) =>
      write((fetch) =>
        api.PATCH(`${path}/status`, {
          params: { path: { namespace, name }, query },
          headers: { "content-type": "application/merge-patch+json" },
          body: { metadata: { resourceVersion }, status },
          fetch,
        }), signal),
  };
}
