/** Policies that go away while we work on them: never written again, never brought back, never held for ever. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { calls, once } from "../support/races.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";

for (const verb of ["patch", "patchStatus"] as const) {
  Deno.test(`reconcile() never recreates a policy that is gone before its ${verb}`, async () => {
    await using operator = await startOperator((cluster) => {
      cluster.putPolicy();
      once(cluster, verb, () => {
        cluster.putPolicy({ finalizers: [] });
        cluster.deletePolicy();
      });
    });
    const { cluster, clock } = operator;
    await clock.advance(120_000);
    assert.equal(cluster.policy("strict"), undefined);
    assert.equal(cluster.calls.filter(({ verb: called }) => called === verb).length, 1);
    assert.deepEqual(operator.warnings(), []);
  });
}

for (const [verb, finalizers] of [["patch", []], ["patchStatus", [FINALIZER]]] as const) {
  Deno.test(`reconcile() forgets a policy that is gone before its ${verb}, although the watch does not tell`, async () => {
    await using operator = await startOperator((cluster) => {
      cluster.putPolicy({ finalizers });
      once(cluster, verb, () => {
        cluster.policyCollection.withhold();
        cluster.putPolicy({ finalizers: [] });
        cluster.deletePolicy();
      });
    }, ON_A_FREE_PORT);
    await operator.clock.advance(120_000);
    assert.deepEqual(calls(operator.cluster), [`${verb} refused`]);
    const { text } = await get(operator, "/metrics");
    assert.deepEqual(seriesWith(text, "policy", "strict"), []);
  });
}

Deno.test("reconcile() never gives a policy that was created again the status of its predecessor", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: { forbidLatestTag: true } });
    once(cluster, "patchStatus", () => {
      cluster.putPolicy({ finalizers: [] });
      cluster.deletePolicy();
      cluster.putPolicy({ spec: {} });
    });
  });
  await operator.clock.advance(1_000);
  assert.equal(operator.status().healthScore, 100);
  assert.deepEqual(operator.cluster.policy("strict")?.metadata.finalizers, [FINALIZER]);
});

Deno.test("reconcile() does not bring back a policy whose deletion overtakes a write's answer", async () => {
  const answer = Promise.withResolvers<void>();
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy();
    cluster.after = ({ verb }) => verb === "patchStatus" ? answer.promise : undefined;
  });
  const { cluster, clock } = operator;
  // The answer is under way with the policy alive, when the watch says that it is gone.
  cluster.putPolicy({ finalizers: [] });
  cluster.deletePolicy();
  await clock.advance(0);
  const before = cluster.calls.length;
  answer.resolve();
  await clock.advance(120_000);
  assert.equal(cluster.calls.length, before, "a policy that is gone is asked about no more");
});

Deno.test("reconcile() lets go of a policy whose deletion it learns of by a conflict, before the watch", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  once(cluster, "patchStatus", () => {
    cluster.policyCollection.withhold();
    cluster.deletePolicy();
  });
  cluster.putPod(pod("web").container("app"));
  await clock.advance(1_000);
  assert.deepEqual(calls(cluster).slice(2), ["patchStatus refused", "get done", "patch done"]);
  assert.equal(cluster.policy("strict"), undefined);
  cluster.policyCollection.deliver();
  await clock.advance(120_000);
  assert.equal(cluster.calls.length, 5);
});

Deno.test("reconcile() leaves a policy alone that somebody deletes before our finalizer is on", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ finalizers: ["example.com/first"] });
    once(cluster, "patch", () => cluster.deletePolicy());
  });
  await operator.clock.advance(120_000);
  assert.deepEqual(operator.cluster.policy("strict")?.metadata.finalizers, ["example.com/first"]);
  assert.deepEqual(operator.status(), {});
});
