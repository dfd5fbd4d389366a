/** Score and class: the formula at its edges, and what must hold whatever the pods add up to. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { addMetrics } from "../../lib/policy/metrics.ts";
import { CLASSIFICATIONS, classify, healthScore, HEALTHY_SCORE } from "../../lib/policy/score.ts";
import { metrics } from "../support/arbitraries.ts";

for (
  const [pods, penalty, score, why] of [
    [0, 0, 100, "no pods at all"],
    [0, 50, 100, "no pods, whatever the penalty says"],
    [1, 0, 100, "nothing wrong"],
    [1, 5, 95, "one image without a tag"],
    [1, 10, 90, "a container that breaks each rule about images and probes"],
    [1, 40, 60, "the last of Stable"],
    [1, 99, 1, "almost the worst"],
    [1, 100, 0, "the worst"],
    [1, 101, 0, "worse than the worst"],
    [1, 1_000_000, 0, "far worse than the worst"],
    [1, -5, 100, "a penalty below zero, which no check gives"],
    [2, 5, 98, "2.5 a pod is rounded down to 2"],
    [3, 5, 99, "1.67 a pod is rounded down to 1"],
    [10, 9, 100, "0.9 a pod is rounded down to nothing"],
    [10, 10, 99, "exactly 1 a pod"],
    [3, 62, 80, "20.67 a pod is still Healthy"],
    [3, 63, 79, "21 a pod is not"],
    [4, 401, 0, "100.25 a pod"],
    [10_000, 100_000, 90, "many pods"],
  ] as const
) {
  Deno.test(`healthScore() is ${score} for ${pods} pods and a penalty of ${penalty}: ${why}`, () => {
    assert.equal(healthScore({ pods, penalty }), score);
  });
}

for (
  const [score, expected] of [
    [100, "Healthy"],
    [81, "Healthy"],
    [80, "Healthy"],
    [79, "Stable"],
    [60, "Stable"],
    [59, "Degraded"],
    [40, "Degraded"],
    [39, "Critical"],
    [1, "Critical"],
    [0, "Critical"],
  ] as const
) {
  Deno.test(`classify() calls ${score} ${expected}`, () => assert.equal(classify(score), expected));
}

Deno.test("the classes are listed from best to worst, and the first begins at the healthy score", () => {
  assert.deepEqual(CLASSIFICATIONS, ["Healthy", "Stable", "Degraded", "Critical"]);
  assert.equal(HEALTHY_SCORE, 80);
});

const counts = fc.record({ pods: fc.nat(1000), penalty: fc.nat(200_000) });

Deno.test("healthScore() is a whole number from 0 to 100, and never -0", () => {
  fc.assert(fc.property(counts, (counts) => {
    const score = healthScore(counts);
    assert.ok(Number.isInteger(score) && score >= 0 && score <= 100 && !Object.is(score, -0));
  }));
});

Deno.test("healthScore() never rises with the penalty, and classify() never with a falling score", () => {
  fc.assert(fc.property(counts, fc.nat(500), ({ pods, penalty }, more) => {
    const [before, after] = [healthScore({ pods, penalty }), healthScore({ pods, penalty: penalty + more })];
    assert.ok(after <= before);
    assert.ok(CLASSIFICATIONS.indexOf(classify(after)) >= CLASSIFICATIONS.indexOf(classify(before)));
  }));
});

Deno.test("healthScore() follows 100 − min(100, ⌊penalty ÷ pods⌋) in exact arithmetic", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 150_000 }), fc.nat(20_000_000), (pods, penalty) => {
    const average = BigInt(penalty) / BigInt(pods);
    assert.equal(healthScore({ pods, penalty }), 100 - Number(average > 100n ? 100n : average));
  }));
});

Deno.test("the score of two namespaces together lies between the scores of each", () => {
  fc.assert(fc.property(metrics, metrics, (a, b) => {
    const sound = [a, b].filter(({ pods }) => pods > 0);
    if (sound.length < 2) return;
    const scores = sound.map(healthScore);
    const together = healthScore(addMetrics(a, b));
    assert.ok(together >= Math.min(...scores) && together <= Math.max(...scores));
  }));
});
