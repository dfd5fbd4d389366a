/** Lost races: somebody else writes between our reading and our writing. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { calls, once } from "../support/races.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";

Deno.test("reconcile() reads again after a conflict and judges by the new spec", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app", liveness: false }));
    cluster.putPolicy({ spec: { forbidLatestTag: true } });
    once(cluster, "patchStatus", () => cluster.putPolicy({ spec: { requireLivenessProbe: true } }));
  });
  const { cluster } = operator;
  assert.deepEqual(calls(cluster), ["patch done", "patchStatus refused", "get done", "patchStatus done"]);
  assert.equal(operator.status().healthScore, 97);
  assert.equal(operator.status().observedGeneration, 2);
  assert.equal(operator.told.length, 1);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("reconcile() writes nothing after a conflict whose winner wrote the same", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  const status = { ...operator.status(), lastEvaluated: "2026-02-22T10:00:30Z" };
  once(cluster, "patchStatus", () => cluster.putStatus(status));
  await clock.advance(30_000);
  assert.deepEqual(calls(cluster).slice(2), ["patchStatus refused", "get done"]);
  assert.deepEqual(operator.status(), status);
});

Deno.test("reconcile() gives up after five conflicts in a row, and says so", async () => {
  let generation = 0;
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy();
    cluster.before = ({ verb }) => {
      if (verb === "patchStatus") cluster.putPolicy({ spec: { maxRestartCount: ++generation } });
    };
  });
  assert.equal(calls(operator.cluster).filter((call) => call === "patchStatus refused").length, 5);
  assert.deepEqual(operator.warnings(), ["reconcile failed, trying again"]);
  operator.cluster.before = () => {};
  await operator.clock.advance(60_000);
  assert.equal(operator.status().observedGeneration, operator.cluster.policy("strict")?.metadata.generation);
});

Deno.test("reconcile() puts its finalizer behind one that came in between", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy();
    once(cluster, "patch", () => cluster.putPolicy({ finalizers: ["example.com/first"] }));
  });
  assert.deepEqual(operator.cluster.policy("strict")?.metadata.finalizers, ["example.com/first", FINALIZER]);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("reconcile() takes off its own finalizer even when its place has changed", async () => {
  await using operator = await startOperator((cluster) =>
    cluster.putPolicy({ finalizers: ["example.com/first", FINALIZER, "example.com/last"] })
  );
  const { cluster, clock } = operator;
  cluster.deletePolicy();
  once(cluster, "patch", () => cluster.putPolicy({ finalizers: [FINALIZER, "example.com/last"] }));
  await clock.advance(1_000);
  assert.deepEqual(cluster.policy("strict")?.metadata.finalizers, ["example.com/last"]);
});

Deno.test("reconcile() compares with its own last write even when the watch is slow", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: { forbidLatestTag: true } });
  });
  await operator.clock.advance(1_000);
  operator.cluster.policyCollection.withhold();
  operator.cluster.putPod(pod("web").container("app"));
  await operator.clock.advance(1_000);
  operator.cluster.putPod(pod("web").container("app", { image: "app" }));
  await operator.clock.advance(1_000);
  assert.equal(operator.status().healthScore, 95);
  assert(!calls(operator.cluster).includes("patchStatus refused"));
  operator.cluster.policyCollection.deliver();
  await operator.clock.advance(1_000);
  assert.equal(operator.cluster.writes.length, 4);
});

Deno.test("reconcile() puts its finalizer on a policy that was created again, before it writes a status", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy();
    once(cluster, "patchStatus", () => {
      cluster.policyCollection.withhold();
      cluster.putPolicy({ finalizers: [] });
      cluster.deletePolicy();
      cluster.putPolicy({ spec: { maxRestartCount: 1 } });
    });
  });
  await operator.clock.advance(1_000);
  const { cluster } = operator;
  assert.deepEqual(cluster.policy("strict")?.metadata.finalizers, [FINALIZER]);
  assert.equal(operator.status().healthScore, 100);
  const last = calls(cluster);
  assert(last.lastIndexOf("patch done") < last.lastIndexOf("patchStatus done"));
});
