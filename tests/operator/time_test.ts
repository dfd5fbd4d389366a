/** What time alone brings about: deadlines, heartbeats, repairs; and that nothing else is written or listed. */

import assert from "node:assert/strict";
import type { ManualClock } from "../support/manual_clock.ts";
import { CREATED, pod, type PodBuilder } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, startOperator } from "../support/running_operator.ts";
import type { SandboxCluster } from "../support/sandbox_cluster.ts";

const FINE = "0 violations across 1 pods — Healthy (100)";
const LATE = "1 violations across 1 pods — Healthy (96)";

/** Creates a pending pod as it was `agoMs` milliseconds ago: its age is what the server's clock says. */
async function putPending(pod: PodBuilder, cluster: SandboxCluster, clock: ManualClock, agoMs = 0) {
  clock.jump(-agoMs);
  await cluster.putPod(pod.phase("Pending"));
  clock.jump(agoMs);
}

Deno.test("runOperator() turns a pending pod into a violation exactly when its time is up", async () => {
  await using operator = await startOperator(async (cluster, clock) => {
    await putPending(pod("web").container("app"), cluster, clock);
    await cluster.putPolicy({ spec: { forbidPendingDuration: 10 } });
  });
  const { clock } = operator;
  assert.deepEqual(operator.newWrites(), [FINE]);
  await clock.advance(10_000);
  assert.deepEqual(operator.newWrites(), [], "ten seconds are not longer than ten seconds");
  await clock.advance(1);
  assert.deepEqual(operator.newWrites(), [LATE]);
  assert.equal((await operator.status()).lastEvaluated, "2026-02-22T10:00:10Z");
});

Deno.test("runOperator() does not poll for a deadline: what it does before is the heartbeat", async () => {
  await using operator = await startOperator(async (cluster, clock) => {
    await putPending(pod("web").container("app"), cluster, clock);
    await cluster.putPolicy({ spec: { forbidPendingDuration: 45 } });
  });
  const { clock } = operator;
  operator.newWrites();
  await clock.advance(45_000);
  assert.deepEqual(operator.newWrites(), [FINE]);
  await clock.advance(1);
  assert.deepEqual(operator.newWrites(), [LATE]);
});

Deno.test("runOperator() obeys the soonest of several deadlines", async () => {
  await using operator = await startOperator(async (cluster, clock) => {
    await putPending(pod("a").container("app"), cluster, clock, 1_000);
    await putPending(pod("b").container("app"), cluster, clock, 5_000);
    await cluster.putPolicy({ spec: { forbidPendingDuration: 10 } });
  });
  operator.newWrites();
  await operator.clock.advance(5_001);
  assert.deepEqual(operator.newWrites(), ["1 violations across 2 pods — Healthy (98)"]);
  await operator.clock.advance(4_000);
  assert.deepEqual(operator.newWrites(), ["2 violations across 2 pods — Healthy (96)"]);
});

Deno.test("runOperator() takes the violation back when the pod starts", async () => {
  await using operator = await startOperator(async (cluster, clock) => {
    await putPending(pod("web").container("app"), cluster, clock, 60_000);
    await cluster.putPolicy({ spec: { forbidPendingDuration: 30 } });
  });
  assert.deepEqual(operator.newWrites(), [LATE]);
  await operator.clock.advance(1_000);
  await operator.cluster.putPod(pod("web").container("app"));
  await operator.clock.advance(0);
  assert.deepEqual(operator.newWrites(), [FINE]);
});

for (const requeueMs of [30_000, 120_000]) {
  Deno.test(`runOperator() refreshes lastEvaluated every ${requeueMs / 1000} s when told so, with no list`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPod(pod("web").container("app"));
      await cluster.putPolicy({ spec: ALL_CHECKS });
    }, { requeueMs });
    const { cluster, clock } = operator;
    const { lastEvaluated: _, ...before } = await operator.status();
    operator.newWrites();
    await clock.advance(requeueMs - 1);
    assert.deepEqual(operator.newWrites(), []);
    await clock.advance(1_000);
    assert.deepEqual(operator.newWrites(), [FINE]);
    await clock.advance(9 * requeueMs);
    assert.equal(operator.newWrites().length, 9);
    const { lastEvaluated, ...after } = await operator.status();
    assert.deepEqual(after, before);
    assert.equal(Date.parse(lastEvaluated ?? ""), CREATED + 10 * requeueMs);
    assert.equal(operator.told.length, 1, "a heartbeat is no news");
    for (const resource of ["pods", "devopspolicies"]) {
      const full = cluster.reads(resource).filter(({ query }) => !query.has("resourceVersion"));
      assert.equal(full.length, 1, "all is read once, at the start");
    }
  });
}

Deno.test("runOperator() writes nothing when a pod changes in ways that no check sees", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app"));
    await cluster.putPolicy({ spec: ALL_CHECKS });
  });
  await operator.clock.advance(1_000);
  const before = operator.cluster.policyCalls.length;
  for (let i = 0; i < 10; i++) {
    await operator.cluster.putPod(pod("web").container("app"));
    await operator.cluster.putPod(pod("web").container("app", { restarts: i % 3 }));
    await operator.clock.advance(1_000);
  }
  assert.equal(operator.cluster.policyCalls.length, before);
});

Deno.test("runOperator() writes nothing at its start when the status is already true and fresh", async () => {
  let status = {};
  {
    await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
    status = await operator.status();
  }
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: [FINALIZER] });
    await cluster.putStatus(status);
  });
  await operator.clock.advance(29_999);
  assert.deepEqual(operator.cluster.policyCalls, []);
});

Deno.test("runOperator() lets the wall clock jump without losing its heartbeat", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  await operator.clock.advance(1_000);
  operator.newWrites();
  operator.clock.jump(-3_600_000);
  await operator.clock.advance(30_000);
  assert.equal(operator.newWrites().length, 1);
  assert.equal((await operator.status()).lastEvaluated, "2026-02-22T09:00:30Z");
});
