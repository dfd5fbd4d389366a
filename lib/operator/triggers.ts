/** Triggers: which policies a change concerns. */

import type { DevOpsPolicy } from "../api/devops_policy.ts";
import type { ObjectRef } from "../api/object.ts";
import { type PodFacts, sameFacts } from "../api/pod_facts.ts";

/** Whether a policy's change wants a reconcile: its intent moved, not merely its status. */
export function policyTriggers(before: DevOpsPolicy | undefined, after: DevOpsPolicy | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const [was, is] = [before.metadata, after.metadata];
  return was.uid !== is.uid || was.generation !== is.generation ||
    was.deletionTimestamp !== is.deletionTimestamp || !sameList(was.finalizers, is.finalizers);
}

/** The policies that a pod's change concerns: those of its namespace, if any check could judge it differently. */
export function podTriggers(
  before: PodFacts | undefined,
  after: PodFacts | undefined,
  policiesIn: (namespace: string) => Iterable<ObjectRef>,
): Iterable<ObjectRef> {
  const pod = after ?? before;
  if (pod === undefined || (before !== undefined && after !== undefined && sameFacts(before, after))) {
    return [];
  }
  return policiesIn(pod.namespace);
}

function sameList(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
