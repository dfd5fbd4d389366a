/** What must be true of a cluster once nothing changes any more, beyond what the statuses say of the pods. */

import assert from "node:assert/strict";
import type { ObjectRef } from "../../lib/api/object.ts";
import type { KubeObject } from "../contract/object.ts";
import { assertTrue, isSpec } from "../support/oracle.ts";
import { FINALIZER } from "../support/running_operator.ts";
import { valueOf } from "../support/scrape.ts";
import { fieldsOf } from "../support/violations.ts";

/** How much older than the time between two evaluations the last one may be; milliseconds. */
const SPARE_MS = 2_000;

/** Asserts that a policy is as it must be: `foreign` are the finalizers that others have put on it. */
export function assertSettled(
  policy: KubeObject,
  { pods, now, requeueMs, foreign }: {
    readonly pods: readonly KubeObject[];
    readonly now: number;
    readonly requeueMs: number;
    readonly foreign: readonly string[];
  },
): void {
  const { metadata: { namespace, name, deletionTimestamp, finalizers = [] }, status } = policy;
  const where = `${namespace}/${name}`;
  if (deletionTimestamp !== undefined) {
    assert.deepEqual(finalizers, foreign, `${where} is to go, and only others hold it`);
    assert.notDeepEqual(finalizers, [], `${where} is to go, and nobody holds it`);
    return;
  }
  assert.deepEqual([...finalizers].sort(), [...foreign, FINALIZER].sort(), `the finalizers of ${where}`);
  try {
    assertTrue(policy, pods.filter((pod) => pod.metadata.namespace === namespace), now);
  } catch (error) {
    throw new Error(`${where} is not true: ${(error as Error).message}`, { cause: error });
  }
  const age = now - Date.parse(String(fieldsOf(status)["lastEvaluated"]));
  assert(
    !isSpec(policy["spec"]) || age >= 0 && age <= requeueMs + SPARE_MS,
    `${where} was evaluated ${age} ms ago`,
  );
}

/** Asserts that a scrape shows the series of those of `places` that hold a policy, with its figures, and no others. */
export function assertMetrics(
  text: string,
  policies: readonly KubeObject[],
  places: readonly ObjectRef[],
): void {
  for (const { namespace, name } of places) {
    const policy = policies.find(({ metadata }) =>
      metadata.namespace === namespace && metadata.name === name && metadata.deletionTimestamp === undefined
    );
    const labels = `namespace="${namespace}",policy="${name}"`;
    const where = `the series of ${namespace}/${name}`;
    if (policy === undefined) {
      assert.deepEqual(text.split("\n").filter((line) => line.includes(labels)), [], where);
    } else if (isSpec(policy["spec"])) {
      const { violations, healthScore } = fieldsOf(policy["status"]);
      const shown = (metric: string) => valueOf(text, `${metric}{${labels}}`);
      assert.deepEqual(
        [shown("devopspolicy_violations_total"), shown("devopspolicy_health_score")],
        [violations, healthScore],
        where,
      );
    }
  }
}
