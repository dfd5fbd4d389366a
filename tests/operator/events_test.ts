/** Events on policies: one for each change of class or of the ability to evaluate, none for a state that stays. */

import assert from "node:assert/strict";
import { LAX } from "../support/definitions.ts";
import { CRASHING, events, FINE, RESTARTS, setUp, TO_HEALTHY, TO_STABLE } from "../support/events.ts";
import { deny, FORBIDDEN, PASS } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, valueOf } from "../support/scrape.ts";

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
  await clock.advance(3_000);
  deny(cluster, "pods", { ...FORBIDDEN, message: "forbidden again" });
  await clock.advance(120_000);
  const refused = "Warning PodsUnavailable: Cannot list and watch pods: forbidden.";
  assert.deepEqual(await events(cluster), [refused]);
  cluster.fault = PASS;
  await clock.advance(60_000);
  assert.deepEqual(await events(cluster), ["Normal Evaluated: The policy can be evaluated again.", refused]);
});
