/** When a policy cannot be evaluated: its conditions say why, its figures stay, and all others go on. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, type RunningOperator, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";

const FORBIDDEN = new ApiError({ code: 403, reason: "Forbidden", message: "pods is forbidden" });
const LATEST = pod("web").container("app", { image: "app" });

/** The figures, which an evaluation alone may change. */
function figures(operator: RunningOperator) {
  const { healthScore, healthy, violations, pods, message, findings, classification, lastEvaluated } =
    operator
      .status();
  return { healthScore, healthy, violations, pods, message, findings, classification, lastEvaluated };
}

const ready = (operator: RunningOperator) => [operator.condition("Ready"), operator.condition("Compliant")];

Deno.test("reconcile() reports an invalid spec, keeps the old figures, and takes the correction", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(LATEST);
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.putPolicy({ spec: ALL_CHECKS, name: "other" });
  });
  const { cluster, clock } = operator;
  const before = figures(operator);
  await clock.advance(1_000);
  cluster.putPolicy({ spec: { maxRestartCount: "three" } });
  cluster.putPod(pod("b").container("app", { image: "app" }));
  await clock.advance(0);
  assert.deepEqual(ready(operator), ["False/InvalidSpec", "Unknown/InvalidSpec"]);
  assert.deepEqual(figures(operator), before);
  assert.equal(operator.status().observedGeneration, 2);
  const why = operator.status().conditions?.find(({ type }) => type === "Ready")?.message;
  assert.match(why ?? "", /^spec\.maxRestartCount .*"three"\.$/);
  assert.equal(operator.status("other").violations, 2);
  assert.deepEqual(operator.warnings(), [], "a wrong spec is its author's matter, not a failure of ours");
  await clock.advance(1_000);
  cluster.putPolicy({ spec: { maxRestartCount: 3 } });
  await clock.advance(0);
  assert.deepEqual(ready(operator), ["True/Evaluated", "True/NoViolations"]);
  assert.equal(operator.status().message, "0 violations across 2 pods — Healthy (100)");
});

Deno.test("reconcile() invents no figures for a policy that was never valid", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ spec: "all of it" });
    cluster.putPolicy({ name: "other" });
  });
  assert.deepEqual(Object.keys(operator.status()).sort(), ["conditions", "observedGeneration"]);
  assert.deepEqual(ready(operator), ["False/InvalidSpec", "Unknown/InvalidSpec"]);
  assert.equal(operator.status("other").healthScore, 100);
  operator.newWrites();
  await operator.clock.advance(125_000);
  assert.equal(operator.newWrites().length, 4, "the other one's heartbeat alone");
});

Deno.test("reconcile() keeps the figures while pods are refused, and evaluates again when they are shown", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(LATEST);
    cluster.putPolicy({ spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  const before = figures(operator);
  const series = seriesWith((await get(operator, "/metrics")).text, "policy", "strict");
  await clock.advance(2_000);
  cluster.podCollection.refuse(FORBIDDEN);
  await clock.advance(1_000);
  assert.deepEqual(ready(operator), ["Unknown/PodsUnavailable", "Unknown/PodsUnavailable"]);
  const why = operator.status().conditions?.find(({ type }) => type === "Ready")?.message;
  assert.equal(why, "Cannot list and watch pods: pods is forbidden.");
  await clock.advance(300_000);
  assert.deepEqual(figures(operator), before);
  assert.deepEqual(seriesWith((await get(operator, "/metrics")).text, "policy", "strict"), series);
  assert.equal(
    operator.warnings().length,
    1,
    "a state that lasts is told once",
  );
  cluster.deletePod("web");
  cluster.podCollection.admit();
  await clock.advance(40_000);
  assert.deepEqual(ready(operator), ["True/Evaluated", "Unknown/NoPods"]);
  assert.equal(operator.status().pods, 0);
  assert(operator.log.some(({ level, message }) => level === "info" && message === "watching again"));
});

Deno.test("reconcile() says so when pods are forbidden from the start, and never that all is well", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(LATEST);
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.podCollection.refuse(FORBIDDEN);
  });
  const { cluster, clock } = operator;
  assert.deepEqual(ready(operator), ["Unknown/PodsUnavailable", "Unknown/PodsUnavailable"]);
  assert.equal(operator.status().healthScore, undefined);
  cluster.podCollection.admit();
  await clock.advance(5_000);
  assert.equal(operator.status().healthScore, 95);
});

Deno.test("reconcile() in namespaces of their own tells apart whose pods are refused", async () => {
  await using operator = await startOperator((cluster) => {
    for (const namespace of ["production", "staging"]) {
      cluster.putPod(LATEST.inNamespace(namespace));
      cluster.putPolicy({ spec: ALL_CHECKS, namespace });
    }
    const { pods } = cluster;
    cluster.pods = (options) => {
      const source = pods.call(cluster, options);
      return options.namespace === "staging" ? { ...source, watch: () => Promise.reject(FORBIDDEN) } : source;
    };
  }, { namespaces: ["production", "staging"] });
  assert.deepEqual(ready(operator), ["True/Evaluated", "False/ViolationsFound"]);
  const [staging] = operator.status("strict", "staging").conditions ?? [];
  assert.equal(staging?.reason, "PodsUnavailable");
});

Deno.test("reconcile() trusts the pods it knows while the API server cannot be reached", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(LATEST);
    cluster.putPolicy({ spec: ALL_CHECKS });
  });
  operator.cluster.podCollection.refuse(new ConnectionError("refused", "connection refused"));
  await operator.clock.advance(60_000);
  assert.deepEqual(ready(operator), ["True/Evaluated", "False/ViolationsFound"]);
  assert.deepEqual(operator.warnings(), ["cannot watch, trying again"]);
});

Deno.test("reconcile() survives a failing evaluation: the policy says so, it is counted and tried again", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(LATEST);
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.putPolicy({ spec: ALL_CHECKS, name: "other", namespace: "staging" });
  });
  const { cluster, clock } = operator;
  const before = figures(operator);
  await clock.advance(1_000);
  const bomb = pod("bomb").facts();
  Object.defineProperty(bomb, "phase", {
    get: () => {
      throw new Error("a bug of ours");
    },
  });
  cluster.putPod(bomb);
  await clock.advance(0);
  assert.deepEqual(ready(operator), ["False/EvaluationFailed", "Unknown/EvaluationFailed"]);
  assert.deepEqual(figures(operator), before);
  assert.deepEqual(operator.warnings(), ["reconcile failed, trying again"]);
  assert.equal(operator.log.at(-1)?.properties.kind, "internal");
  cluster.deletePod("web");
  await clock.advance(0);
  assert.equal(operator.status("other", "staging").healthScore, 100);
});
