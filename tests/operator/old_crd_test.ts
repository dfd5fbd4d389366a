/** An API server with an older CRD: it keeps only the fields of a status that it knows. */

import assert from "node:assert/strict";
import { definitionWith } from "../support/definitions.ts";
import { pod } from "../support/pod_builder.ts";
import { startOperator } from "../support/running_operator.ts";

/** The status of the original's CRD. */
const ORIGINAL = definitionWith({
  status: {
    type: "object",
    properties: {
      healthScore: { type: "integer" },
      healthy: { type: "boolean" },
      violations: { type: "integer" },
      message: { type: "string" },
      lastEvaluated: { type: "string" },
      observedGeneration: { type: "integer" },
    },
  },
});

Deno.test("a status of which the server keeps only a part is written once, not at each evaluation", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: { forbidLatestTag: true } });
  }, { crd: ORIGINAL });
  const { cluster, clock } = operator;
  await clock.advance(5_000);
  assert.equal(operator.told.length, 1);
  assert.equal((await operator.status()).conditions, undefined);
  await clock.advance(120_000);
  assert.equal(operator.told.length, 1, "the heartbeat says nothing new");
  await cluster.putPod(pod("web").container("app"));
  await clock.advance(1_000);
  assert.equal(operator.told.length, 2);
  assert.deepEqual(operator.warnings(), [
    "the installed CRD does not keep all of a status, run `kube-devops crd install --upgrade`",
  ]);
  const [warning] = operator.log.filter(({ level }) => level === "warn");
  assert.equal(warning?.properties.dropped, "classification, pods, findings, conditions");
});
