/** Reads policies from JSON into the envelope that the operator carries around. */

import { type DevOpsPolicy, FINALIZER } from "../api/devops_policy.ts";
import type { ObjectMeta } from "../api/object.ts";

/** The finalizers of nearly every policy, once for all. */
const OURS: readonly string[] = [FINALIZER];

/** The policy in `json`; undefined when it has no name, namespace or version to keep it under. */
export function toDevOpsPolicy(json: unknown): DevOpsPolicy | undefined {
  const { metadata, spec, status } = (json ?? {}) as {
    metadata?: ObjectMeta;
    spec?: unknown;
    status?: unknown;
  };
  const { namespace, name, resourceVersion } = metadata ?? {};
  if (metadata === undefined || !namespace || !name || !resourceVersion) return undefined;
  const { uid, generation, deletionTimestamp, finalizers } = metadata;
  return {
    namespace,
    name,
    resourceVersion,
    // Only what is read is kept: managed fields and annotations can be larger than the policy.
    metadata: {
      namespace,
      name,
      resourceVersion,
      ...(uid !== undefined && { uid }),
      ...(generation !== undefined && { generation }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(finalizers !== undefined && { finalizers: isOurs(finalizers) ? OURS : finalizers }),
    },
    spec,
    status,
  };
}

function isOurs(finalizers: unknown): boolean {
  return Array.isArray(finalizers) && finalizers.length === 1 && finalizers[0] === FINALIZER;
}
