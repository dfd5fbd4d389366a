/** Holds policies with our finalizer and lets go of them, each time only if they still are what that was decided from. */

import { type DevOpsPolicy, FINALIZER } from "../api/devops_policy.ts";
import type { ObjectRef } from "../api/object.ts";
import { addFinalizer, finalizerStep, removeFinalizer } from "../runtime/finalizer.ts";
import { writeGuarded } from "../runtime/guarded_write.ts";
import type { Context } from "./context.ts";

/** Puts our finalizer on, unless it is there; undefined when the policy is gone. */
export function hold(policy: DevOpsPolicy, context: Context): Promise<DevOpsPolicy | undefined> {
  return writeGuarded(policy, {
    reread: () => reread(policy, context),
    onConflict: () => context.metrics.observeConflict(),
    write: (current) => patchFor("add", current, addFinalizer, context),
  });
}

/** Takes our finalizer off, and nobody else's. */
export function release(policy: DevOpsPolicy, context: Context): Promise<DevOpsPolicy | undefined> {
  return writeGuarded(policy, {
    reread: () => reread(policy, context),
    onConflict: () => context.metrics.observeConflict(),
    write: (current) => patchFor("cleanup", current, removeFinalizer, context),
  });
}

/** Sends the patch that `step` takes, if that is still what the policy's metadata asks for. */
async function patchFor(
  step: "add" | "cleanup",
  policy: DevOpsPolicy,
  toPatch: typeof addFinalizer,
  { client, policies, signal }: Context,
): Promise<DevOpsPolicy | undefined> {
  if (finalizerStep(policy.metadata, FINALIZER) !== step) return undefined;
  const answer = await client.patch(policy, toPatch(policy.metadata, FINALIZER), signal);
  policies.refresh(answer);
  return answer;
}

/** Reads a policy again, for all. */
export async function reread(ref: ObjectRef, { client, policies, signal }: Context): Promise<DevOpsPolicy> {
  const policy = await client.get(ref, signal);
  policies.refresh(policy);
  return policy;
}
