/** Lost races: somebody else writes, or deletes, between our reading and our writing. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";
import type { ClientCall, FakeCluster } from "../support/fake_cluster.ts";

/** Does `act` before the first call of `verb`, and only then. */
function once(cluster: FakeCluster, verb: ClientCall["verb"], act: () => void): void {
  let done = false;
  cluster.before = (call) => {
    if (done || call.verb !== verb) return;
    done = true;
    act();
  };
}

const calls = (cluster: FakeCluster) => cluster.calls.map(({ verb, result }) => `${verb} ${result}`);

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
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy();
    // The answer is under way with the policy alive, when the watch says that it is gone.
    cluster.after = async ({ verb }) => {
      if (verb !== "patchStatus") return;
      cluster.putPolicy({ finalizers: [] });
      cluster.deletePolicy();
      await new Promise((resolve) => setTimeout(resolve));
    };
  });
  const { cluster, clock } = operator;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const before = cluster.calls.length;
  cluster.after = () => {};
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
