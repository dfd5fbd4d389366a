/** The plan of a benchmark's cluster: its own sums are those of the policy engine, which it never asks. */

import assert from "node:assert/strict";
import { toPodFacts } from "../../../lib/api/pod_json.ts";
import { evaluate } from "../../../lib/policy/evaluate.ts";
import { healthScore } from "../../../lib/policy/score.ts";
import {
  namespaceName,
  type PlannedPod,
  plannedPods,
  POLICY_SPEC,
  scoreOf,
  type Size,
  totalsOf,
} from "../../../tools/bench/plan.ts";
import { podToCreate, statusToReport } from "../../../tools/bench/pod.ts";
import { saysTruth } from "../../../tools/bench/truth.ts";
import { World } from "../../../tools/bench/world.ts";

const SIZE: Size = { pods: 2_000, namespaces: 20 };
const NOW = Date.UTC(2026, 1, 22, 10);

/** The facts of a planned pod; with `image` as its first one if that is given. */
function factsOf(pod: PlannedPod, image?: string) {
  const created = podToCreate(pod) as { metadata: object; spec: { containers: { image: string }[] } };
  if (image !== undefined) created.spec.containers[0]!.image = image;
  const metadata = { ...created.metadata, creationTimestamp: new Date(NOW).toISOString() };
  const facts = toPodFacts({ ...created, metadata, status: statusToReport(pod) });
  assert(facts);
  return facts;
}

Deno.test("every namespace of the plan adds up to what the policy engine finds in its pods", () => {
  const byNamespace = Map.groupBy(plannedPods(SIZE), ({ namespace }) => namespace);
  assert.equal(byNamespace.size, SIZE.namespaces);
  const scores = new Set<number>();
  for (const [namespace, pods] of byNamespace) {
    const totals = totalsOf(pods.map(({ faults }) => faults));
    const evaluation = evaluate(pods.map((pod) => factsOf(pod)), POLICY_SPEC, NOW);
    const { pods: counted, violations, penalty } = evaluation;
    assert.deepEqual(totals, { pods: counted, violations, penalty }, namespace);
    assert.equal(scoreOf(totals), healthScore(evaluation), namespace);
    scores.add(scoreOf(totals));
  }
  assert.ok(scores.size > 2, "the namespaces are not all alike");
});

Deno.test("the plan breaks every check that time alone does not, and has pods that do not count", () => {
  const pods = [...plannedPods(SIZE)];
  const { byCheck, pods: counted } = evaluate(pods.map((pod) => factsOf(pod)), POLICY_SPEC, NOW);
  const { pending, ...others } = byCheck;
  assert.equal(pending, 0);
  for (const [check, count] of Object.entries(others)) assert.ok(count > 0, check);
  assert.ok(counted < pods.length);
  assert.ok(pods.some(({ faults }) => faults.phase === "Pending"));
});

Deno.test("pods have 2 to 4 containers, and names of equal lengths", () => {
  const pods = [...plannedPods(SIZE)];
  assert.deepEqual([...new Set(pods.map(({ containers }) => containers))].sort(), [2, 3, 4]);
  assert.equal(new Set(pods.map(({ name }) => name.length)).size, 1);
  assert.equal(new Set(pods.map(({ namespace }) => namespace.length)).size, 1);
  assert.equal(new Set(pods.map(({ name }) => name)).size, SIZE.pods);
});

Deno.test("World follows a changed image, whatever was wrong before, and finds the way back", () => {
  const world = new World(SIZE);
  const planned = world.totals;
  for (let number = 0; number < SIZE.namespaces; number++) {
    const pod = world.evaluatedPod(number);
    const { image } = world.toggleImage(pod);
    const others = [...plannedPods(SIZE)].filter((other) => other.namespace === pod.namespace);
    const facts = others.map((other) => factsOf(other, other.index === pod.index ? image : undefined));
    const { pods, violations, penalty } = evaluate(facts, POLICY_SPEC, NOW);
    assert.deepEqual(world.totalsOf(namespaceName(number)), { pods, violations, penalty });
    assert.notEqual(violations, planned.get(pod.namespace)!.violations);
  }
  assert.equal(world.deviations.length, SIZE.namespaces);
  for (const pod of world.deviations) {
    const first = (podToCreate(pod) as { spec: { containers: { image: string }[] } }).spec.containers[0]!;
    assert.equal(world.toggleImage(pod).image, first.image);
  }
  assert.deepEqual(world.totals, planned);
  assert.deepEqual(world.deviations, []);
});

Deno.test("World says which option to change when a namespace has no pod to change", () => {
  const finished = [...plannedPods({ pods: 400, namespaces: 400 })]
    .find(({ faults }) => faults.phase === "Succeeded");
  assert(finished);
  const world = new World({ pods: 400, namespaces: 400 });
  assert.throws(() => world.evaluatedPod(finished.index), /ask for more --pods/);
});

const TOTALS = { pods: 10, violations: 3, penalty: 15 };
const TRUE_STATUS = {
  observedGeneration: 2,
  healthy: true,
  healthScore: 99,
  violations: 3,
  lastEvaluated: "2026-02-22T10:00:00Z",
  message: "3 violations across 10 pods — Healthy (99)",
};
const METADATA = { namespace: "shop", generation: 2, resourceVersion: "7" };

Deno.test("saysTruth() takes a status that is right in every field", () => {
  assert.equal(saysTruth({ metadata: METADATA, status: TRUE_STATUS }, TOTALS), true);
});

for (
  const wrong of [
    { violations: 2 },
    { healthScore: 98 },
    { healthy: false },
    { observedGeneration: 1 },
    { message: "3 violations across 9 pods — Healthy (99)" },
    { lastEvaluated: undefined },
  ]
) {
  Deno.test(`saysTruth() refuses a status with ${JSON.stringify(wrong)}`, () => {
    assert.equal(
      saysTruth({ metadata: METADATA, status: { ...TRUE_STATUS, ...wrong } as never }, TOTALS),
      false,
    );
  });
}

Deno.test("saysTruth() refuses a policy without a status", () => {
  assert.equal(saysTruth({ metadata: METADATA }, TOTALS), false);
  assert.equal(saysTruth({ metadata: METADATA, status: null }, TOTALS), false);
});
