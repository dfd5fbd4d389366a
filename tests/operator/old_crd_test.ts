/** An API server with an older CRD: it keeps only the fields of a status that it knows. */

import assert from "node:assert/strict";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import { pod } from "../support/pod_builder.ts";
import { startOperator } from "../support/running_operator.ts";

/** What an API server with the original's CRD makes of a policy. */
function pruned(policy: DevOpsPolicy): DevOpsPolicy {
  const { healthScore, healthy, violations, message, lastEvaluated, observedGeneration } = policy
    .status as Record<string, unknown>;
  return {
    ...policy,
    status: { healthScore, healthy, violations, message, lastEvaluated, observedGeneration },
  };
}

Deno.test("a status of which the server keeps only a part is written once, not at each evaluation", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: { forbidLatestTag: true } });
    const { patchStatus } = cluster.client;
    cluster.client.patchStatus = async (...args) => pruned(await patchStatus.apply(cluster.client, args));
  });
  await operator.clock.advance(5_000);
  assert.equal(operator.told.length, 1);
  await operator.clock.advance(120_000);
  assert.equal(operator.told.length, 1, "the heartbeat says nothing new");
  operator.cluster.putPod(pod("web").container("app"));
  await operator.clock.advance(1_000);
  assert.equal(operator.told.length, 2);
  assert.deepEqual(operator.warnings(), [
    "the installed CRD does not keep all of a status, run `kube-devops crd install --upgrade`",
  ]);
  const [warning] = operator.log.filter(({ level }) => level === "warn");
  assert.equal(warning?.properties.dropped, "classification, pods, findings, conditions");
});
