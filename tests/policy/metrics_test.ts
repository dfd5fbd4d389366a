/** Arithmetic on metrics: pods that come are added, pods that go are subtracted, and nothing is ever below zero. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyMetrics, evaluate, type PodMetrics } from "../../lib/policy/evaluate.ts";
import { addMetrics, subtractMetrics } from "../../lib/policy/metrics.ts";
import { evaluatePod } from "../../lib/policy/pod.ts";
import { healthScore } from "../../lib/policy/score.ts";
import { metrics, moments, namespacePods, specs } from "../support/arbitraries.ts";

const NONE = { latest_tag: 0, missing_liveness: 0, missing_readiness: 0, high_restarts: 0, pending: 0 };
const A: PodMetrics = {
  pods: 2,
  violations: 3,
  penalty: 13,
  byCheck: { ...NONE, latest_tag: 2, pending: 1 },
};
const B: PodMetrics = { pods: 1, violations: 1, penalty: 5, byCheck: { ...NONE, latest_tag: 1 } };

Deno.test("emptyMetrics() counts nothing, check by check", () => {
  assert.deepEqual(emptyMetrics(), { pods: 0, violations: 0, penalty: 0, byCheck: NONE });
});

Deno.test("addMetrics() adds every figure and changes neither of its arguments", () => {
  const [a, b] = [structuredClone(A), structuredClone(B)];
  assert.deepEqual(addMetrics(a, b), {
    pods: 3,
    violations: 4,
    penalty: 18,
    byCheck: { ...NONE, latest_tag: 3, pending: 1 },
  });
  assert.deepEqual([a, b], [A, B]);
});

Deno.test("subtractMetrics() subtracts every figure", () => {
  assert.deepEqual(subtractMetrics(A, B), {
    pods: 1,
    violations: 2,
    penalty: 8,
    byCheck: { ...NONE, latest_tag: 1, pending: 1 },
  });
});

Deno.test("subtractMetrics() stops at zero, figure by figure", () => {
  assert.deepEqual(subtractMetrics(B, A), emptyMetrics());
  assert.deepEqual(subtractMetrics(A, { ...B, pods: 9, byCheck: { ...NONE, pending: 9 } }), {
    pods: 0,
    violations: 2,
    penalty: 8,
    byCheck: { ...NONE, latest_tag: 2 },
  });
});

Deno.test("subtractMetrics() is the inverse of addMetrics()", () => {
  fc.assert(fc.property(metrics, metrics, (a, b) => {
    assert.deepEqual(subtractMetrics(addMetrics(a, b), b), a);
  }));
});

Deno.test("addMetrics() may be done in any order, and emptyMetrics() is its zero", () => {
  fc.assert(fc.property(metrics, metrics, metrics, (a, b, c) => {
    assert.deepEqual(addMetrics(a, b), addMetrics(b, a));
    assert.deepEqual(addMetrics(addMetrics(a, b), c), addMetrics(a, addMetrics(b, c)));
    assert.deepEqual(addMetrics(a, emptyMetrics()), a);
    assert.deepEqual(subtractMetrics(a, a), emptyMetrics());
  }));
});

Deno.test("the metrics of pods added one by one are those of all of them together, and so is the score", () => {
  fc.assert(fc.property(namespacePods, specs, moments, (pods, spec, now) => {
    const sum = pods.map((pod) => evaluatePod(pod, spec, now)).reduce(addMetrics, emptyMetrics());
    const { pods: counted, violations, penalty, byCheck } = evaluate(pods, spec, now);
    assert.deepEqual(sum, { pods: counted, violations, penalty, byCheck });
    assert.equal(healthScore(sum), healthScore({ pods: counted, penalty }));
  }));
});
