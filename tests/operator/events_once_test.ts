/** Events are told once and by one: after a restart, a lost race, a refusal, and at the end. */

import assert from "node:assert/strict";
import { sleep } from "../../lib/api/clock.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { LAX } from "../support/definitions.ts";
import { CRASHING, events, FINE, setUp, TO_STABLE } from "../support/events.ts";
import { FORBIDDEN, refusing } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";
import type { SandboxCluster } from "../support/sandbox_cluster.ts";

/** The status that an operator leaves behind which has seen `pod`. */
async function leftBehind(seen: typeof FINE): Promise<PolicyStatus> {
  await using operator = await startOperator(async (cluster) => {
    await setUp(cluster);
    await cluster.putPod(seen);
  });
  return await operator.status();
}

for (
  const [before, now, expected] of [
    [CRASHING, CRASHING, []],
    [FINE, CRASHING, [`Warning ClassificationChanged: ${TO_STABLE}`]],
  ] as const
) {
  Deno.test(`after a restart, an event tells of ${expected.length || "no"} change that came meanwhile`, async () => {
    const status = await leftBehind(before);
    await using operator = await startOperator(async (cluster) => {
      await setUp(cluster);
      await cluster.putStatus(status);
      await cluster.putPod(now);
    });
    await operator.clock.advance(60_000);
    assert.deepEqual(await events(operator.cluster), expected);
  });
}

Deno.test("after a restart, no event tells again of a spec that is invalid still", async () => {
  const put = (cluster: SandboxCluster) => cluster.putPolicy({ spec: { maxRestartCount: "three" } });
  await using first = await startOperator(put, { crd: LAX });
  const status = await first.status();
  await using second = await startOperator(async (cluster) => {
    await put(cluster);
    await cluster.putStatus(status);
  }, { crd: LAX });
  await second.clock.advance(60_000);
  assert.deepEqual(await events(second.cluster), []);
});

Deno.test("whoever loses the race for a status leaves it to the winner to tell of it", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  const { findings: _, ...status } = await leftBehind(CRASHING);
  await clock.advance(1_000);
  let isFirst = true;
  cluster.fault = async ({ verb }, next) => {
    if (verb === "patchStatus" && isFirst) {
      isFirst = false;
      await cluster.putStatus(status);
    }
    return await next();
  };
  await cluster.putPod(CRASHING);
  await clock.advance(1_000);
  assert.equal((await operator.status()).classification, "Stable");
  assert.deepEqual(await events(cluster), []);
});

/** Does the next status write, and has its answer lost on the way. */
function loseAnswer(cluster: SandboxCluster): void {
  let isLost = false;
  cluster.fault = async ({ verb }, next) => {
    const answer = await next();
    if (verb !== "patchStatus" || isLost) return answer;
    isLost = true;
    return Response.json({}, { status: 504 });
  };
}

Deno.test("an event tells once of a status that was written although nobody answered, as does the operator itself", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock, told } = operator;
  await clock.advance(1_000);
  loseAnswer(cluster);
  await cluster.putPod(CRASHING);
  await clock.advance(300_000);
  assert.deepEqual(cluster.answers().slice(1, 4), ["patchStatus 504", "patchStatus 409", "get 200"]);
  assert.deepEqual(await events(cluster), [`Warning ClassificationChanged: ${TO_STABLE}`]);
  assert.deepEqual(told.map(({ status }) => status.classification), ["Healthy", "Stable"]);
});

Deno.test("an event tells of the whole step when the pods have changed again before an answer was missed", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  loseAnswer(cluster);
  await cluster.putPod(CRASHING);
  await clock.advance(0);
  await cluster.putPod(pod("b").container("app", { restarts: 9 }).container("b", { restarts: 9 }));
  await clock.advance(60_000);
  assert.deepEqual(await events(cluster), [
    "Warning ClassificationChanged: From Healthy to Degraded: score 55, 3 violations across 2 pods.",
  ]);
});

Deno.test("no event tells of a class that somebody else wrote, nor of the true one that takes its place", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  for (const classification of ["Critical", "Stable"] as const) {
    await cluster.putStatus({ ...await operator.status(), classification, healthScore: 20 });
    await clock.advance(1_000);
    assert.equal((await operator.status()).classification, "Healthy");
  }
  assert.deepEqual(await events(cluster), []);
  await cluster.putPod(CRASHING);
  await clock.advance(1_000);
  assert.deepEqual(await events(cluster), [`Warning ClassificationChanged: ${TO_STABLE}`]);
});

Deno.test("an event tells of what is wrong with a policy, whatever was told of the last one of its name", async () => {
  const put = (cluster: SandboxCluster, finalizers: readonly string[] = [FINALIZER]) =>
    cluster.putPolicy({ spec: { maxRestartCount: "three" }, finalizers });
  await using operator = await startOperator((cluster) => put(cluster), { crd: LAX });
  const { cluster, clock } = operator;
  await clock.advance(60_000);
  cluster.withhold("devopspolicies");
  await put(cluster, []);
  await cluster.deletePolicy();
  await put(cluster);
  cluster.deliver("devopspolicies");
  await clock.advance(60_000);
  const told = 'Warning InvalidSpec: spec.maxRestartCount must be integer, it is "three".';
  assert.deepEqual(await events(cluster), [told, told]);
});

Deno.test("a refused event is told of once, and hinders no reconcile", async () => {
  await using operator = await startOperator(async (cluster) => {
    await setUp(cluster);
    cluster.fault = refusing(FORBIDDEN, ({ resource }) => resource === "events");
  });
  const { cluster, clock } = operator;
  for (let i = 0; i < 6; i++) {
    await clock.advance(15_000);
    await cluster.putPod(i % 2 === 0 ? CRASHING : FINE);
    await clock.advance(0);
    assert.equal(await operator.score(), i % 2 === 0 ? 70 : 100);
  }
  assert.deepEqual(operator.warnings(), ["cannot write events, going on without them"]);
  const [warning] = operator.log.filter(({ level }) => level === "warn");
  assert.equal(warning?.properties.problem, "Cannot write events: forbidden.");
});

Deno.test("an event that takes its time holds up no reconcile", async () => {
  await using operator = await startOperator(async (cluster, clock) => {
    await setUp(cluster);
    cluster.fault = async ({ resource }, next) => {
      if (resource === "events") await sleep(clock, 8_000, new AbortController().signal);
      return await next();
    };
  });
  const { cluster, clock } = operator;
  for (let i = 0; i < 6; i++) {
    await clock.advance(1_000);
    await cluster.putPod(i % 2 === 0 ? CRASHING : FINE);
    await clock.advance(0);
    assert.equal(await operator.score(), i % 2 === 0 ? 70 : 100);
  }
  await clock.advance(60_000);
  assert.equal((await events(cluster)).length, 2);
});

Deno.test("an operator that ends tells of what it wrote last", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  const gate = Promise.withResolvers<void>();
  cluster.fault = async ({ verb }, next) => {
    if (verb === "patchStatus") await gate.promise;
    return await next();
  };
  await cluster.putPod(CRASHING);
  await clock.advance(0);
  operator.abort();
  gate.resolve();
  await operator.ended;
  assert.deepEqual(await events(cluster), [`Warning ClassificationChanged: ${TO_STABLE}`]);
});

Deno.test("a class whose writes are all done and never answered is told of once, although each of them was another", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.withhold("devopspolicies");
  let isLost = true;
  cluster.fault = async ({ verb }, next) => {
    const answer = await next();
    return verb === "patchStatus" && isLost ? Response.json({}, { status: 504 }) : answer;
  };
  await cluster.putPod(CRASHING);
  await clock.advance(10_000);
  isLost = false;
  await clock.advance(120_000);
  cluster.deliver("devopspolicies");
  await clock.advance(300_000);
  assert.deepEqual(await events(cluster), [`Warning ClassificationChanged: ${TO_STABLE}`]);
});
