/** Deletes single policies, which the operator itself never does. */

import type { Clock } from "../api/clock.ts";
import type { DevOpsPolicy } from "../api/devops_policy.ts";
import { createCalls, undefinedOn } from "./calls.ts";
import { createApiClient } from "./client.ts";
import type { Transport } from "./transport.ts";

/**
 * Deletes a policy, unless it is gone, another one has taken its name, or we may not. While somebody holds it, it stays as
 * one that is being deleted.
 */
export type DeletePolicy = (policy: DevOpsPolicy, signal: AbortSignal) => Promise<void>;

/** Deletes by `transport`; throws `ApiError` or `ConnectionError`. */
export function createPolicyDeletion(transport: Transport, clock: Clock): DeletePolicy {
  const api = createApiClient(transport);
  const { repeated } = createCalls(transport, clock);
  const path = "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}";
  return async ({ namespace, name, metadata: { uid } }, signal) => {
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(uid !== undefined && { preconditions: { uid } }),
    };
    const params = { path: { namespace, name } };
    await undefinedOn(
      [403, 404, 409],
      () => repeated((fetch) => api.DELETE(path, { params, body, fetch }), signal),
    );
  };
}
