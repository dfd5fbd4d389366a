/** Events on policies: one for each change of class or of the ability to evaluate, none for a state that stays. */

import assert from "node:assert/strict";
import { sleep } from "../../lib/api/clock.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { LAX } from "../support/definitions.ts";
import { deny, FORBIDDEN, PASS, refusing } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { FINALIZER, startOperator } from "../support/running_operator.ts";
import type { SandboxCluster } from "../support/sandbox_cluster.ts";
import { get, ON_A_FREE_PORT, valueOf } from "../support/scrape.ts";

const RESTARTS = { maxRestartCount: 3 };
const FINE = pod("web").container("app");
/** Five restarts too many cost 30 points of one pod: Stable. */
const CRASHING = pod("web").container("app", { restarts: 9 });
const TO_STABLE = "From Healthy to Stable: score 70, 1 violations across 1 pods.";
const TO_HEALTHY = "From Stable to Healthy: score 100, 0 violations across 1 pods.";

/** The events of a namespace, as kubectl reads them. */
async function events(cluster: SandboxCluster, namespace = "production"): Promise<string[]> {
  const { items } = await cluster.send("GET", `/api/v1/namespaces/${namespace}/events`) as unknown as {
    items: { type: string; reason: string; message: string; series?: { count: number } }[];
  };
  return items.map(({ type, reason, message, series }) =>
    `${type} ${reason}${series ? ` ×${series.count}` : ""}: ${message}`
  ).sort();
}

/** A policy of one check on one pod, which all is well with. */
async function setUp(cluster: SandboxCluster): Promise<void> {
  await cluster.putPod(FINE);
  await cluster.putPolicy({ spec: RESTARTS, finalizers: [FINALIZER] });
}

Deno.test("an event tells of each change of class, and is about the very policy", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  assert.deepEqual(await events(cluster), [], "a first evaluation changes no class");
  await cluster.putPod(CRASHING);
  await clock.advance(1_000);
  assert.deepEqual(await events(cluster), [`Warning ClassificationChanged: ${TO_STABLE}`]);
  const { items: [event] } = await cluster.send("GET", "/api/v1/namespaces/production/events") as unknown as {
    items: Record<string, unknown>[];
  };
  const { uid } = (await cluster.policy("strict"))!.metadata;
  const { resourceVersion: _, ...about } = event?.["involvedObject"] as Record<string, unknown>;
  assert.deepEqual(about, {
    apiVersion: "devops.stochastic.io/v1",
    kind: "DevOpsPolicy",
    namespace: "production",
    name: "strict",
    uid,
  });
  assert.equal(event?.["reportingComponent"], "kube-devops-operator");
  await cluster.putPod(FINE);
  await clock.advance(1_000);
  assert.deepEqual(await events(cluster), [
    `Normal ClassificationChanged: ${TO_HEALTHY}`,
    `Warning ClassificationChanged: ${TO_STABLE}`,
  ]);
});

Deno.test("no event tells of heartbeats, of other figures of the same class, or of an edit that changes nothing", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(300_000);
  await cluster.putPod(pod("web").container("app", { restarts: 1 }));
  await cluster.putPolicy({ spec: { maxRestartCount: 0 } });
  await clock.advance(300_000);
  assert.equal(await operator.score(), 94);
  assert.deepEqual(await events(cluster), []);
});

Deno.test("what happens again is counted in its event: a flapping policy has two of them", async () => {
  await using operator = await startOperator(setUp, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  for (let i = 0; i < 20; i++) {
    await cluster.putPod(i % 2 === 0 ? CRASHING : FINE);
    await clock.advance(1_000);
  }
  await clock.advance(20_000);
  assert.deepEqual(await events(cluster), [
    `Normal ClassificationChanged ×10: ${TO_HEALTHY}`,
    `Warning ClassificationChanged ×10: ${TO_STABLE}`,
  ]);
  const calls = cluster.calls.filter(({ resource }) => resource === "events");
  assert(calls.length <= 8, `${calls.length} calls`);
  const { text } = await get(operator, "/metrics");
  assert.equal(valueOf(text, 'devopspolicy_events_total{outcome="written"}'), calls.length);
});

Deno.test("an event tells of an invalid spec, of each other way in which it is invalid, and of its correction", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: { maxRestartCount: "three" } });
  }, { crd: LAX });
  const { cluster, clock } = operator;
  await clock.advance(90_000);
  const first = 'Warning InvalidSpec: spec.maxRestartCount must be integer, it is "three".';
  assert.deepEqual(await events(cluster), [first]);
  await cluster.putPolicy({ spec: { maxRestartCount: "\x1b[2J\n" } });
  await clock.advance(1_000);
  await cluster.putPolicy({ spec: RESTARTS });
  await clock.advance(1_000);
  assert.deepEqual(
    await events(cluster),
    [
      "Normal Evaluated: The policy can be evaluated again.",
      first,
      'Warning InvalidSpec: spec.maxRestartCount must be integer, it is "\\u001b[2J\\n".',
    ].sort(),
  );
});

Deno.test("an event tells once that pods cannot be read, whatever the reason becomes, and once that they can be", async () => {
  await using operator = await startOperator(setUp);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  deny(cluster, "pods", FORBIDDEN);
  await clock.advance(1_000);
  deny(cluster, "pods", { ...FORBIDDEN, message: "forbidden again" });
  await clock.advance(120_000);
  const refused = "Warning PodsUnavailable: Cannot list and watch pods: forbidden.";
  assert.deepEqual(await events(cluster), [refused]);
  cluster.fault = PASS;
  await clock.advance(60_000);
  assert.deepEqual(await events(cluster), ["Normal Evaluated: The policy can be evaluated again.", refused]);
});

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
