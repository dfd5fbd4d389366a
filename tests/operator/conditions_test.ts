/** When a policy cannot be evaluated: its conditions say why, its figures stay, and all others go on. */

import assert from "node:assert/strict";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import type { Cluster, WatchEvent } from "../../lib/api/ports.ts";
import { LAX } from "../support/definitions.ts";
import { deny, FORBIDDEN, PASS, reading, refusing, UNAVAILABLE } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, type RunningOperator, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith, valueOf } from "../support/scrape.ts";

const LATEST = pod("web").container("app", { image: "app" });

/** The figures, which an evaluation alone may change. */
async function figures(operator: RunningOperator) {
  const { healthScore, healthy, violations, pods, message, findings, classification, lastEvaluated } =
    await operator.status();
  return { healthScore, healthy, violations, pods, message, findings, classification, lastEvaluated };
}

const ready = (operator: RunningOperator) =>
  Promise.all([operator.condition("Ready"), operator.condition("Compliant")]);

/** Why the policy `strict` is not ready, in words. */
async function why(operator: RunningOperator): Promise<string | undefined> {
  return (await operator.status()).conditions?.find(({ type }) => type === "Ready")?.message;
}

Deno.test("reconcile() reports an invalid spec, keeps the old figures, and takes the correction", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ spec: ALL_CHECKS });
    await cluster.putPolicy({ spec: ALL_CHECKS, name: "other" });
  }, { crd: LAX });
  const { cluster, clock } = operator;
  const before = await figures(operator);
  await clock.advance(1_000);
  await cluster.putPolicy({ spec: { maxRestartCount: "three" } });
  await cluster.putPod(pod("b").container("app", { image: "app" }));
  await clock.advance(0);
  assert.deepEqual(await ready(operator), ["False/InvalidSpec", "Unknown/InvalidSpec"]);
  assert.deepEqual(await figures(operator), before);
  assert.equal((await operator.status()).observedGeneration, 2);
  assert.match(await why(operator) ?? "", /^spec\.maxRestartCount .*"three"\.$/);
  assert.equal((await operator.status("other")).violations, 2);
  assert.deepEqual(operator.warnings(), [], "a wrong spec is its author's matter, not a failure of ours");
  await clock.advance(1_000);
  await cluster.putPolicy({ spec: { maxRestartCount: 3 } });
  await clock.advance(0);
  assert.deepEqual(await ready(operator), ["True/Evaluated", "True/NoViolations"]);
  assert.equal((await operator.status()).message, "0 violations across 2 pods — Healthy (100)");
});

Deno.test("reconcile() invents no figures for a policy that was never valid", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: "all of it" });
    await cluster.putPolicy({ name: "other" });
  }, { crd: LAX });
  assert.deepEqual(Object.keys(await operator.status()).sort(), ["conditions", "observedGeneration"]);
  assert.deepEqual(await ready(operator), ["False/InvalidSpec", "Unknown/InvalidSpec"]);
  assert.equal(await operator.score("other"), 100);
  operator.newWrites();
  await operator.clock.advance(125_000);
  assert.equal(operator.newWrites().length, 4, "the other one's heartbeat alone");
});

Deno.test("reconcile() keeps the figures while pods are refused, and evaluates again when they are shown", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  const before = await figures(operator);
  const series = seriesWith((await get(operator, "/metrics")).text, "policy", "strict");
  await clock.advance(2_000);
  deny(cluster, "pods", FORBIDDEN);
  await clock.advance(1_000);
  assert.deepEqual(
    await ready(operator),
    ["True/Evaluated", "False/ViolationsFound"],
    "it may be a moment's",
  );
  await clock.advance(2_000);
  assert.deepEqual(await ready(operator), ["Unknown/PodsUnavailable", "Unknown/PodsUnavailable"]);
  assert.equal(await why(operator), "Cannot list and watch pods: forbidden.");
  assert.deepEqual(await get(operator, "/readyz"), { status: 503, text: "waiting for pods\n" });
  await clock.advance(300_000);
  assert.deepEqual(await figures(operator), before);
  assert.deepEqual(seriesWith((await get(operator, "/metrics")).text, "policy", "strict"), series);
  assert.equal(operator.warnings().length, 1, "a state that lasts is told once");
  await cluster.deletePod("web");
  cluster.fault = PASS;
  await clock.advance(57_000);
  assert.deepEqual(await ready(operator), ["True/Evaluated", "Unknown/NoPods"]);
  assert.equal((await operator.status()).pods, 0);
  assert(operator.log.some(({ level, message }) => level === "info" && message === "watching again"));
});

Deno.test("reconcile() says so when pods are forbidden from the start, and never that all is well", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ spec: ALL_CHECKS });
    deny(cluster, "pods", FORBIDDEN);
  });
  const { cluster, clock } = operator;
  await clock.advance(3_000);
  assert.deepEqual(await ready(operator), ["Unknown/PodsUnavailable", "Unknown/PodsUnavailable"]);
  assert.equal(await operator.score(), undefined);
  cluster.fault = PASS;
  await clock.advance(5_000);
  assert.equal(await operator.score(), 95);
});

Deno.test("reconcile() in namespaces of their own tells apart whose pods are refused", async () => {
  await using operator = await startOperator(async (cluster) => {
    for (const namespace of ["production", "staging"]) {
      await cluster.putPod(LATEST.inNamespace(namespace));
      await cluster.putPolicy({ spec: ALL_CHECKS, namespace });
    }
    const isPods = reading("pods");
    cluster.fault = refusing(FORBIDDEN, (call) => call.namespace === "staging" && isPods(call));
  }, { namespaces: ["production", "staging"] });
  await operator.clock.advance(3_000);
  assert.deepEqual(await ready(operator), ["True/Evaluated", "False/ViolationsFound"]);
  const [staging] = (await operator.status("strict", "staging")).conditions ?? [];
  assert.equal(staging?.reason, "PodsUnavailable");
});

Deno.test("reconcile() trusts the pods that it knows for as long as a server may need to come back", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ spec: ALL_CHECKS });
  });
  deny(operator.cluster, "pods", UNAVAILABLE);
  await operator.clock.advance(60_000);
  assert.deepEqual(await ready(operator), ["True/Evaluated", "False/ViolationsFound"]);
  assert.deepEqual(operator.warnings(), ["cannot watch, trying again"]);
});

/** The cluster, but reading the phase of the pod `bomb` throws: a bug of ours, which no answer of a server is. */
function withBomb(cluster: Cluster): Cluster {
  const arm = (event: WatchEvent<PodFacts>) => {
    if (event.type !== "apply" || event.object.name !== "bomb") return event;
    const get = () => {
      throw new Error("a bug of ours");
    };
    return { ...event, object: Object.defineProperty(event.object, "phase", { get }) };
  };
  const pods: Cluster["pods"] = (options) => {
    const source = cluster.pods(options);
    const watch: typeof source.watch = async (...args) => {
      const batches = await source.watch(...args);
      return (async function* () {
        for await (const batch of batches) yield batch.map(arm);
      })();
    };
    return { ...source, watch };
  };
  return { ...cluster, pods };
}

Deno.test("reconcile() survives a failing evaluation: the policy says so, it is counted and tried again", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ spec: ALL_CHECKS });
    await cluster.putPolicy({ spec: ALL_CHECKS, name: "other", namespace: "staging" });
  }, { through: withBomb, ...ON_A_FREE_PORT });
  const { cluster, clock } = operator;
  const before = await figures(operator);
  await clock.advance(1_000);
  await cluster.createPod(pod("bomb").container("app"));
  await clock.advance(0);
  assert.deepEqual(await ready(operator), ["False/EvaluationFailed", "Unknown/EvaluationFailed"]);
  assert.deepEqual(await figures(operator), before);
  assert.deepEqual(operator.warnings(), ["reconcile failed, trying again"]);
  assert.equal(operator.log.at(-1)?.properties.kind, "internal");
  const errors = async () =>
    valueOf((await get(operator, "/metrics")).text, "devopspolicy_reconcile_errors_total");
  assert.equal(await errors(), 1);
  await clock.advance(60_000);
  assert.equal(await errors(), 2);
  await cluster.deletePod("web");
  await clock.advance(0);
  assert.equal(await operator.score("other", "staging"), 100);
});

for (const isQuiet of [true, false]) {
  Deno.test(`a policy whose pods may be read again says nothing of how they were, ${isQuiet ? "if nothing has changed" : "but how they are"}`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPod(pod("web").container("app", { image: "app:1" }));
      await cluster.putPolicy({ spec: { forbidLatestTag: true } });
    });
    const { cluster, clock } = operator;
    await clock.advance(1_000);
    deny(cluster, "pods", FORBIDDEN);
    await clock.advance(300_000);
    assert.equal(await operator.condition("Ready"), "Unknown/PodsUnavailable");
    operator.newWrites();
    if (!isQuiet) await cluster.putPod(LATEST);
    cluster.fault = PASS;
    const seen: unknown[] = [];
    for (let second = 0; second < 60 && seen.length === 0; second++) {
      await clock.advance(1_000);
      seen.push(...operator.newWrites());
    }
    assert.deepEqual(seen, [
      isQuiet ? "0 violations across 1 pods — Healthy (100)" : "1 violations across 1 pods — Healthy (95)",
    ]);
    assert.equal(await operator.condition("Ready"), "True/Evaluated");
  });
}
