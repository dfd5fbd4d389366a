/** The finalizer's life: put on first, foreign ones left alone, taken off once the policy's traces are gone. */

import assert from "node:assert/strict";
import { FORBIDDEN, refusing } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith, valueOf } from "../support/scrape.ts";

Deno.test("runOperator() puts its finalizer on first and then writes the status", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  assert.deepEqual(operator.cluster.answers(), ["patch 200", "patchStatus 200"]);
  assert.deepEqual(await operator.cluster.finalizers(), [FINALIZER]);
});

Deno.test("runOperator() writes no status when it cannot put its finalizer on", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    cluster.fault = refusing(FORBIDDEN, ({ verb }) => verb === "patch");
  });
  assert.deepEqual(operator.cluster.answers(), ["patch 403"]);
  assert.deepEqual(await operator.status(), {});
});

const [BEFORE, BEHIND] = ["example.com/before", "example.com/behind"];

for (
  const [where, finalizers, held] of [
    ["in front of", [BEFORE], [BEFORE, FINALIZER]],
    ["behind", [FINALIZER, BEHIND], [FINALIZER, BEHIND]],
    ["around", [BEFORE, FINALIZER, BEHIND], [BEFORE, FINALIZER, BEHIND]],
  ] as const
) {
  Deno.test(`runOperator() leaves foreign finalizers ${where} its own alone`, async () => {
    await using operator = await startOperator(
      (cluster) => cluster.putPolicy({ finalizers: [...finalizers] }),
      ON_A_FREE_PORT,
    );
    const { cluster, clock } = operator;
    assert.deepEqual(await cluster.finalizers(), held);
    await cluster.deletePolicy();
    await clock.advance(1_000);
    const { text } = await get(operator, "/metrics");
    assert.deepEqual(seriesWith(text, "policy", "strict"), [], "what others hold has no series of ours");
    assert.deepEqual(
      await cluster.finalizers(),
      held.filter((finalizer) => finalizer !== FINALIZER),
    );
    operator.newWrites();
    await clock.advance(120_000);
    assert.deepEqual(operator.newWrites(), [], "a policy that others hold is not ours any more");
  });
}

Deno.test("runOperator() puts its finalizer back when somebody takes it off", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  await operator.clock.advance(1_000);
  await operator.cluster.putPolicy({ finalizers: [] });
  await operator.clock.advance(0);
  assert.deepEqual(await operator.cluster.finalizers(), [FINALIZER]);
});

Deno.test("runOperator() lets a deleted policy go, and all of its series with it", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: ALL_CHECKS });
    await cluster.putPolicy({ spec: ALL_CHECKS, name: "other" });
  }, ON_A_FREE_PORT);
  const before = await get(operator, "/metrics");
  assert(seriesWith(before.text, "policy", "strict").length >= 4);
  await operator.cluster.deletePolicy();
  await operator.clock.advance(1_000);
  assert.equal(await operator.cluster.policy("strict"), undefined);
  const { text } = await get(operator, "/metrics");
  assert.deepEqual(seriesWith(text, "policy", "strict"), []);
  assert.deepEqual(seriesWith(text, "policy", "other"), seriesWith(before.text, "policy", "other"));
});

Deno.test("runOperator() drops the series of a policy that went without our letting it go", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy(), ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  await cluster.putPod(pod("web").container("app"));
  await clock.advance(10);
  const { length } = cluster.policyCalls;
  await cluster.putPolicy({ finalizers: [] });
  await cluster.deletePolicy();
  await clock.advance(200);
  assert.equal(cluster.policyCalls.length, length, "it is gone before its turn comes");
  assert.deepEqual(seriesWith((await get(operator, "/metrics")).text, "policy", "strict"), []);
});

Deno.test("runOperator() lets go of a policy that was deleted while nobody looked, without a status", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ finalizers: [FINALIZER] });
    await cluster.deletePolicy();
    assert(await cluster.policy("strict") !== undefined);
  });
  assert.equal(await operator.cluster.policy("strict"), undefined);
  assert.deepEqual(operator.cluster.answers(), ["patch 200"]);
});

Deno.test("runOperator() never touches a deleted policy that it does not hold", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ finalizers: [BEFORE] });
    await cluster.deletePolicy();
  }, ON_A_FREE_PORT);
  await operator.clock.advance(120_000);
  assert.deepEqual(operator.cluster.policyCalls, []);
  const { text } = await get(operator, "/metrics");
  assert.equal(valueOf(text, "devopspolicy_reconcile_total"), 1, "nor looks at it again and again");
});

Deno.test("runOperator() starts anew with a policy of the same name that is created again", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
  const { cluster, clock } = operator;
  const uid = async () => (await cluster.policy("strict"))?.metadata.uid;
  const first = await uid();
  await cluster.deletePolicy();
  await clock.advance(200);
  await cluster.putPolicy();
  await clock.advance(200);
  assert.notEqual(await uid(), first);
  assert.deepEqual(await cluster.finalizers(), [FINALIZER]);
  assert.equal((await operator.status()).observedGeneration, 1);
});
