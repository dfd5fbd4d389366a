/** Policies that go away while we work on them: never written again, never brought back, never held for ever. */

import assert from "node:assert/strict";
import { once } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";

for (const verb of ["patch", "patchStatus"] as const) {
  Deno.test(`reconcile() never recreates a policy that is gone before its ${verb}`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPolicy();
      cluster.fault = once(verb, async () => {
        await cluster.putPolicy({ finalizers: [] });
        await cluster.deletePolicy();
      });
    });
    const { cluster, clock } = operator;
    await clock.advance(120_000);
    assert.equal(await cluster.policy("strict"), undefined);
    assert.equal(cluster.policyCalls.filter(({ verb: called }) => called === verb).length, 1);
    assert.deepEqual(operator.warnings(), []);
  });
}

for (const [verb, finalizers] of [["patch", []], ["patchStatus", [FINALIZER]]] as const) {
  Deno.test(`reconcile() forgets a policy that is gone before its ${verb}, although the watch does not tell`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPolicy({ finalizers });
      cluster.fault = once(verb, async () => {
        cluster.withhold("devopspolicies");
        await cluster.putPolicy({ finalizers: [] });
        await cluster.deletePolicy();
      });
    }, ON_A_FREE_PORT);
    await operator.clock.advance(120_000);
    assert.deepEqual(operator.cluster.answers(), [`${verb} 404`]);
    const { text } = await get(operator, "/metrics");
    assert.deepEqual(seriesWith(text, "policy", "strict"), []);
  });
}

for (const [verb, change] of [["patch", "finalizers"], ["patchStatus", "pods"]] as const) {
  Deno.test(`reconcile() drops the series of a policy that is gone before its ${verb}, although the watch does not tell`, async () => {
    await using operator = await startOperator((cluster) => cluster.putPolicy(), ON_A_FREE_PORT);
    const { cluster, clock } = operator;
    await clock.advance(1_000);
    const series = async () => seriesWith((await get(operator, "/metrics")).text, "policy", "strict");
    assert.notEqual((await series()).length, 0);
    cluster.fault = once(verb, async () => {
      cluster.withhold("devopspolicies");
      await cluster.putPolicy({ finalizers: [] });
      await cluster.deletePolicy();
    });
    if (change === "finalizers") await cluster.putPolicy({ finalizers: [] });
    else await cluster.createPod(pod("web").container("app"));
    await clock.advance(1_000);
    assert.equal(cluster.answers().at(-1), `${verb} 404`);
    assert.deepEqual(await series(), []);
  });
}

Deno.test("reconcile() never gives a policy that was created again the status of its predecessor", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: { forbidLatestTag: true } });
    cluster.fault = once("patchStatus", async () => {
      await cluster.putPolicy({ finalizers: [] });
      await cluster.deletePolicy();
      await cluster.putPolicy({ spec: {} });
    });
  });
  await operator.clock.advance(1_000);
  assert.equal(await operator.score(), 100);
  assert.deepEqual(await operator.cluster.finalizers(), [FINALIZER]);
});

Deno.test("reconcile() does not bring back a policy whose deletion overtakes a write's answer", async () => {
  const answer = Promise.withResolvers<void>();
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    cluster.fault = async ({ verb }, next) => {
      const done = await next();
      if (verb === "patchStatus") await answer.promise;
      return done;
    };
  });
  const { cluster, clock } = operator;
  // The answer is under way with the policy alive, when the watch says that it is gone.
  await cluster.putPolicy({ finalizers: [] });
  await cluster.deletePolicy();
  await clock.advance(0);
  const before = cluster.policyCalls.length;
  answer.resolve();
  await clock.advance(120_000);
  assert.equal(cluster.policyCalls.length, before, "a policy that is gone is asked about no more");
});

Deno.test("reconcile() lets go of a policy whose deletion it learns of by a conflict, before the watch", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.fault = once("patchStatus", async () => {
    cluster.withhold("devopspolicies");
    await cluster.deletePolicy();
  });
  await cluster.createPod(pod("web").container("app"));
  await clock.advance(1_000);
  assert.deepEqual(cluster.answers().slice(2), ["patchStatus 409", "get 200", "patch 200"]);
  assert.equal(await cluster.policy("strict"), undefined);
  cluster.deliver("devopspolicies");
  await clock.advance(120_000);
  assert.equal(cluster.policyCalls.length, 5);
});

Deno.test("reconcile() believes the answer by which it let go of a policy, although the watch does not tell", async () => {
  const held = "example.com/held";
  await using operator = await startOperator((cluster) =>
    cluster.putPolicy({ finalizers: [FINALIZER, held] })
  );
  const { cluster, clock } = operator;
  cluster.fault = once("patch", () => cluster.withhold("devopspolicies"));
  await cluster.deletePolicy();
  await clock.advance(1_000);
  assert.deepEqual(await cluster.finalizers(), [held]);
  const before = cluster.answers();
  await cluster.createPod(pod("web").container("app"));
  await clock.advance(1_000);
  assert.deepEqual(cluster.answers(), before);
});

Deno.test("reconcile() leaves a policy alone that somebody deletes before our finalizer is on", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ finalizers: ["example.com/first"] });
    cluster.fault = once("patch", () => cluster.deletePolicy());
  });
  await operator.clock.advance(120_000);
  assert.deepEqual(await operator.cluster.finalizers(), ["example.com/first"]);
  assert.deepEqual(await operator.status(), {});
});
