/** Reads policies from JSON into the envelope that the operator carries around. */

import type { DevOpsPolicy } from "../api/devops_policy.ts";
import type { ObjectMeta } from "../api/object.ts";

/** The policy in `json`; undefined when it has no name, namespace or version to keep it under. */
export function toDevOpsPolicy(json: unknown): DevOpsPolicy | undefined {
  const { metadata, spec, status } = (json ?? {}) as {
    metadata?: ObjectMeta;
    spec?: unknown;
    status?: unknown;
  };
  const { namespace, name, resourceVersion } = metadata ?? {};
  if (metadata === undefined || !namespace || !name || !resourceVersion) return undefined;
  const { uid, generation, creationTimestamp, deletionTimestamp, finalizers } = metadata;
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
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(finalizers !== undefined && { finalizers }),
    },
    spec,
    status,
  };
}
