/** Writes that fail: told, counted, tried again later or after a change, and no other policy's trouble. */

import assert from "node:assert/strict";
import { PASS, type Refusal, refusing, UNAVAILABLE } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, type RunningOperator, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, valueOf } from "../support/scrape.ts";

const WEBHOOK: Refusal = { code: 403, reason: "Forbidden", message: "denied by a webhook" };

/** Refuses the status writes of the policy `strict`. */
const refuseStatus = (refusal: Refusal) =>
  refusing(refusal, ({ verb, name }) => verb === "patchStatus" && name === "strict");

/** When statuses were written or tried, in milliseconds since `from`. */
function triesSince(operator: RunningOperator, from: number): number[] {
  const tries = operator.cluster.writes.filter(({ verb }) => verb === "patchStatus");
  return tries.map(({ at }) => at - from).filter((at) => at >= 0);
}

Deno.test("runOperator() tells and counts each failed write, and tries again after 60 seconds", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ finalizers: ["devops.stochastic.io/cleanup"] });
    cluster.fault = refuseStatus(WEBHOOK);
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  const from = cluster.writes[0]?.at ?? 0;
  await clock.advance(180_000);
  assert.deepEqual(triesSince(operator, from), [0, 60_000, 120_000, 180_000]);
  const warnings = operator.log.filter(({ level }) => level === "warn");
  assert.equal(warnings.length, 4);
  assert.deepEqual(warnings[0], {
    level: "warn",
    message: "reconcile failed, trying again",
    properties: {
      policy: "production/strict",
      kind: "http_403",
      problem: "Cannot update the policy production/strict: denied by a webhook.",
      retryAfterSeconds: 60,
    },
  });
  const { text } = await get(operator, "/metrics");
  assert.equal(valueOf(text, "devopspolicy_reconcile_total"), 4);
  assert.equal(valueOf(text, "devopspolicy_reconcile_errors_total"), 4);
  cluster.fault = PASS;
  await clock.advance(60_000);
  assert.equal(await operator.score(), 100);
  const after = await get(operator, "/metrics");
  assert.equal(valueOf(after.text, "devopspolicy_reconcile_total"), 5);
  assert.equal(valueOf(after.text, "devopspolicy_reconcile_errors_total"), 4);
});

Deno.test("runOperator() tries a failed policy sooner when something changes, but ever more patiently", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: ["devops.stochastic.io/cleanup"] });
    cluster.fault = refuseStatus(WEBHOOK);
  });
  const { cluster, clock } = operator;
  const from = cluster.writes[0]?.at ?? 0;
  for (let i = 0; i < 160; i++) {
    await cluster.putPod(pod("web").container("app", { restarts: i }));
    await clock.advance(100);
  }
  assert.deepEqual(triesSince(operator, from), [0, 1_000, 3_000, 7_000, 15_000]);
});

Deno.test("runOperator() is patient anew after a success", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: ["devops.stochastic.io/cleanup"] });
    cluster.fault = refuseStatus(WEBHOOK);
  });
  const { cluster, clock } = operator;
  await clock.advance(120_000);
  cluster.fault = PASS;
  await clock.advance(60_000);
  cluster.fault = refuseStatus(WEBHOOK);
  await clock.advance(5_000);
  const from = clock.monotonic();
  await cluster.putPod(pod("web").container("app"));
  await clock.advance(0);
  await cluster.deletePod("web");
  await cluster.putPod(pod("other").container("app"));
  await clock.advance(1_000);
  assert.deepEqual(triesSince(operator, from), [0, 1_000]);
});

Deno.test("runOperator() keeps the other policies true while one fails, and that one as soon as it can", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    await cluster.putPolicy({ spec: ALL_CHECKS, name: "other" });
    cluster.fault = refuseStatus(UNAVAILABLE);
  });
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  await clock.advance(0);
  assert.equal(await operator.score("other"), 95);
  assert.deepEqual(await operator.status(), {});
  cluster.fault = PASS;
  await clock.advance(5_000);
  assert.equal(await operator.score(), 95);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("runOperator() keeps trying to let go of a deleted policy", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.fault = refusing(WEBHOOK, ({ verb }) => verb === "patch");
  await cluster.deletePolicy();
  await clock.advance(30_000);
  assert(await cluster.policy("strict") !== undefined);
  cluster.fault = PASS;
  await clock.advance(60_000);
  assert.equal(await cluster.policy("strict"), undefined);
});
