/** Lost races: somebody else writes between our reading and our writing. */

import assert from "node:assert/strict";
import { once, PASS } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";

Deno.test("reconcile() reads again after a conflict and judges by the new spec", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app", liveness: false }));
    await cluster.putPolicy({ spec: { forbidLatestTag: true } });
    cluster.fault = once("patchStatus", () => cluster.putPolicy({ spec: { requireLivenessProbe: true } }));
  });
  const { cluster } = operator;
  assert.deepEqual(cluster.answers(), ["patch 200", "patchStatus 409", "get 200", "patchStatus 200"]);
  assert.equal(await operator.score(), 97);
  assert.equal((await operator.status()).observedGeneration, 2);
  assert.equal(operator.told.length, 1);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("reconcile() writes nothing after a conflict whose winner wrote the same", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  const status = { ...await operator.status(), lastEvaluated: "2026-02-22T10:00:30Z" };
  cluster.fault = once("patchStatus", () => cluster.putStatus(status));
  await clock.advance(30_000);
  assert.deepEqual(cluster.answers().slice(2), ["patchStatus 409", "get 200"]);
  assert.deepEqual(await operator.status(), status);
});

Deno.test("reconcile() gives up after five conflicts in a row, and says so", async () => {
  let generation = 0;
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    cluster.fault = async ({ verb }, next) => {
      if (verb === "patchStatus") await cluster.putPolicy({ spec: { maxRestartCount: ++generation } });
      return await next();
    };
  });
  assert.equal(operator.cluster.answers().filter((call) => call === "patchStatus 409").length, 5);
  assert.deepEqual(operator.warnings(), ["reconcile failed, trying again"]);
  operator.cluster.fault = PASS;
  await operator.clock.advance(60_000);
  assert.equal(
    (await operator.status()).observedGeneration,
    (await operator.cluster.policy("strict"))?.metadata.generation,
  );
});

Deno.test("reconcile() puts its finalizer behind one that came in between", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    cluster.fault = once("patch", () => cluster.putPolicy({ finalizers: ["example.com/first"] }));
  });
  assert.deepEqual(await operator.cluster.finalizers(), ["example.com/first", FINALIZER]);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("reconcile() takes off its own finalizer even when its place has changed", async () => {
  await using operator = await startOperator((cluster) =>
    cluster.putPolicy({ finalizers: ["example.com/first", FINALIZER, "example.com/last"] })
  );
  const { cluster, clock } = operator;
  await cluster.deletePolicy();
  cluster.fault = once("patch", () => cluster.putPolicy({ finalizers: [FINALIZER, "example.com/last"] }));
  await clock.advance(1_000);
  assert.deepEqual(await cluster.finalizers(), ["example.com/last"]);
});

Deno.test("reconcile() compares with its own last write even when the watch is slow", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: { forbidLatestTag: true } });
  });
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.withhold("devopspolicies");
  await cluster.putPod(pod("web").container("app"));
  await clock.advance(1_000);
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  await clock.advance(1_000);
  assert.equal(await operator.score(), 95);
  assert(!cluster.answers().includes("patchStatus 409"));
  cluster.deliver("devopspolicies");
  await clock.advance(1_000);
  assert.equal(cluster.writes.length, 4);
});

Deno.test("reconcile() puts its finalizer on a policy that was created again, before it writes a status", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    cluster.fault = once("patchStatus", async () => {
      cluster.withhold("devopspolicies");
      await cluster.putPolicy({ finalizers: [] });
      await cluster.deletePolicy();
      await cluster.putPolicy({ spec: { maxRestartCount: 1 } });
    });
  });
  await operator.clock.advance(1_000);
  const { cluster } = operator;
  assert.deepEqual(await cluster.finalizers(), [FINALIZER]);
  assert.equal(await operator.score(), 100);
  const last = cluster.answers();
  assert(last.lastIndexOf("patch 200") < last.lastIndexOf("patchStatus 200"));
});

Deno.test("reconcile() takes up a policy that was created again while it was letting go of the old one", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.fault = once("patch", async () => {
    cluster.withhold("devopspolicies");
    await cluster.putPolicy({ finalizers: [] });
    await cluster.putPolicy({ spec: { maxRestartCount: 1 } });
  });
  await cluster.deletePolicy();
  await clock.advance(1_000);
  assert.deepEqual(cluster.answers().slice(2), ["patch 422", "get 200", "patch 200", "patchStatus 200"]);
  cluster.deliver("devopspolicies");
  await clock.advance(1_000);
  assert.deepEqual(await cluster.finalizers(), [FINALIZER]);
  assert.equal(await operator.score(), 100);
});
