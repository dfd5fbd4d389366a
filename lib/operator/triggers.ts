/** Triggers: which changes want a reconcile. */

import type { DevOpsPolicy } from "../api/devops_policy.ts";
import { type PodFacts, sameFacts } from "../api/pod_facts.ts";

/** Whether a policy's change wants one: its intent moved, not merely its status. */
export function policyTriggers(before: DevOpsPolicy | undefined, after: DevOpsPolicy | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const [was, is] = [before.metadata, after.metadata];
  return was.uid !== is.uid || was.generation !== is.generation ||
    was.deletionTimestamp !== is.deletionTimestamp || !sameList(was.finalizers, is.finalizers);
}

/** Whether a pod's change wants one of the policies of its namespace: any check could judge it differently. */
export function podTriggers(before: PodFacts | undefined, after: PodFacts | undefined): boolean {
  return before === undefined || after === undefined || !sameFacts(before, after);
}

function sameList(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
