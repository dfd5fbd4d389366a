/** Evaluation: which pods count, what they add up to, and what holds for any pods in any order. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { evaluate, isEvaluated, tallyPods } from "../../lib/policy/evaluate.ts";
import { MAX_FINDINGS } from "../../lib/policy/findings.ts";
import { moments, namespacePods, specs, STRICT, wildPods } from "../support/arbitraries.ts";
import { CREATED, pod, type PodBuilder } from "../support/pod_builder.ts";

const NONE = { latest_tag: 0, missing_liveness: 0, missing_readiness: 0, high_restarts: 0, pending: 0 };
const WRONG = { image: "app", liveness: false, readiness: false, restarts: 9 };

Deno.test("evaluate() of no pods finds nothing", () => {
  assert.deepEqual(evaluate([], STRICT, CREATED), {
    pods: 0,
    violations: 0,
    penalty: 0,
    byCheck: NONE,
    findings: [],
    dueAt: undefined,
    unevaluable: 0,
  });
});

for (
  const [what, web, pods, violations] of [
    ["a running pod", pod("web"), 1, 1],
    ["a pending pod", pod("web").phase("Pending"), 1, 1],
    ["a pod of unknown phase", pod("web").phase("Unknown"), 1, 1],
    ["a pod of no phase", pod("web").phase(""), 1, 1],
    ["a pod that succeeded", pod("web").phase("Succeeded"), 0, 0],
    ["a pod that failed", pod("web").phase("Failed"), 0, 0],
    ["a running pod that is being deleted", pod("web").deleting(), 0, 0],
    ["a pending pod that is being deleted", pod("web").phase("Pending").deleting(), 0, 0],
  ] as const
) {
  Deno.test(`evaluate() counts ${pods} for ${what}`, () => {
    const facts = web.container("app", { image: "app" }).facts();
    const result = evaluate([facts], { forbidLatestTag: true }, CREATED);
    assert.deepEqual([result.pods, result.violations, result.unevaluable], [pods, violations, 0]);
    assert.equal(isEvaluated(facts), pods === 1);
  });
}

Deno.test("evaluate() counts a sidecar without a probe", () => {
  const web = pod("web").container("app").sidecar("proxy", { liveness: false });
  assert.deepEqual(evaluate([web.facts()], STRICT, CREATED).findings, [
    { pod: "web", container: "proxy", check: "missing_liveness", detail: "no liveness probe" },
  ]);
});

Deno.test("evaluate() adds up what every check finds in every pod", () => {
  const pods = [
    pod("fine").container("app"),
    pod("wrong").container("app", WRONG),
    pod("job").restartPolicy("Never").container("run", WRONG),
    pod("late").pendingSince(CREATED - 300_001).init("a", WRONG).container("b"),
    pod("done").phase("Succeeded").container("app", WRONG),
  ].map((built) => built.facts());
  const { findings: _, ...rest } = evaluate(pods, STRICT, CREATED);
  assert.deepEqual(rest, {
    pods: 4,
    violations: 9,
    penalty: (5 + 3 + 2 + 30) + (5 + 30) + (4 + 5 + 30),
    byCheck: { latest_tag: 3, missing_liveness: 1, missing_readiness: 1, high_restarts: 3, pending: 1 },
    dueAt: undefined,
    unevaluable: 0,
  });
});

Deno.test("evaluate() sets a pod that nobody can evaluate aside and goes on with the others", () => {
  const broken = { ...pod("broken").pendingSince(0).container("a", WRONG).facts(), problem: "no list" };
  const result = evaluate([broken, pod("web").container("app", WRONG).facts(), broken], STRICT, CREATED);
  assert.deepEqual([result.pods, result.violations, result.unevaluable], [1, 4, 2]);
  assert.deepEqual(new Set(result.findings.map(({ pod }) => pod)), new Set(["web"]));
});

Deno.test("evaluate() reads its pods once, from anything that can be iterated", () => {
  function* pods(...built: PodBuilder[]) {
    for (const web of built) yield web.facts();
  }
  const result = evaluate(pods(pod("a").container("x", WRONG), pod("b").container("y")), STRICT, CREATED);
  assert.deepEqual([result.pods, result.violations], [2, 4]);
});

Deno.test("evaluate() changes neither the pods nor the spec", () => {
  const [pods, spec] = [[pod("web").container("app", WRONG).facts()], { ...STRICT }];
  evaluate(pods, spec, CREATED);
  assert.deepEqual(pods, [pod("web").container("app", WRONG).facts()]);
  assert.deepEqual(spec, STRICT);
});

Deno.test("evaluate() gives the same answer whatever the order of the pods", () => {
  const shuffled = namespacePods.chain((pods) =>
    fc.tuple(
      fc.constant(pods),
      fc.shuffledSubarray(pods, { minLength: pods.length, maxLength: pods.length }),
    )
  );
  fc.assert(fc.property(shuffled, specs, moments, ([pods, others], spec, now) => {
    assert.deepEqual(evaluate(others, spec, now), evaluate(pods, spec, now));
  }));
});

Deno.test("evaluate() is total: no pod makes it throw, and its figures stay within their bounds", () => {
  fc.assert(
    fc.property(fc.array(wildPods, { maxLength: 30 }), specs, fc.double(), (pods: PodFacts[], spec, now) => {
      const result = evaluate(pods, spec, now);
      const counts = [result.pods, result.violations, result.unevaluable, ...Object.values(result.byCheck)];
      for (const count of counts) assert.ok(Number.isInteger(count) && count >= 0, `${count}`);
      assert.ok(result.penalty >= 0 && result.penalty <= 30 * result.violations);
      assert.equal(Object.values(result.byCheck).reduce((a, b) => a + b), result.violations);
      assert.equal(result.findings.length, Math.min(result.violations, MAX_FINDINGS));
      assert.equal(result.unevaluable, pods.filter(({ problem }) => problem !== undefined).length);
      assert.ok(result.pods + result.unevaluable <= pods.length);
    }),
    { numRuns: 300 },
  );
});

Deno.test("evaluate() finds no fewer violations when another check is switched on", () => {
  fc.assert(fc.property(namespacePods, specs, moments, (pods, spec, now) => {
    const some = evaluate(pods, spec, now);
    const all = evaluate(pods, { ...STRICT, ...spec, forbidLatestTag: true }, now);
    assert.ok(all.violations >= some.violations && all.penalty >= some.penalty);
    assert.equal(all.pods, some.pods);
  }));
});

Deno.test("tallyPods() comes to the same as evaluate() after each pod, whatever is added later", () =>
  fc.assert(
    fc.property(namespacePods, specs, moments, (pods, spec, now) => {
      const tally = tallyPods(spec, now);
      const results = pods.map((pod) => {
        tally.add(pod);
        return tally.result();
      });
      for (const [i, result] of results.entries()) {
        assert.deepEqual(result, evaluate(pods.slice(0, i + 1), spec, now));
      }
    }),
  ));
