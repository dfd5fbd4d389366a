/** What policies say that is not true, of whatever the API server holds. */

import { FINALIZER } from "../../lib/api/devops_policy.ts";
import type { KubeObject } from "../cluster/fixtures.ts";
import { assertTrue } from "../support/oracle.ts";

/** How policies differ from what they should be over `pods` as of `now`; empty when they do not. */
export function liesOf(
  policies: readonly KubeObject[],
  pods: readonly KubeObject[],
  now: number,
): readonly string[] {
  const alive = policies.filter(({ metadata }) => metadata["deletionTimestamp"] === undefined);
  return alive.flatMap((policy) => {
    const { name, finalizers = [] } = policy.metadata;
    if (!(finalizers as readonly string[]).includes(FINALIZER)) return [`${name} lacks our finalizer`];
    try {
      assertTrue(policy, pods, now);
      return [];
    } catch (error) {
      return [`${name} is not true: ${(error as Error).message}`];
    }
  });
}
