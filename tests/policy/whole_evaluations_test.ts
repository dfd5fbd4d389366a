/** Whole evaluations through the library's door: pods as JSON and a spec as read, to the status that is written. */

import assert from "node:assert/strict";
import {
  addMetrics,
  emptyMetrics,
  evaluate,
  evaluatePod,
  isSystemNamespace,
  nextStatus,
  parseSpec,
  parseStatus,
  type PodFacts,
  type PolicyStatus,
  subtractMetrics,
  toPodFacts,
} from "../../lib/mod.ts";
import { CREATED, pod, type PodBuilder } from "../support/pod_builder.ts";

const ALL = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

/** The status of a policy in `namespace`, from JSON to JSON, as a reconcile computes it. */
function reconcile(
  pods: readonly PodBuilder[],
  spec: unknown,
  { namespace = "production", previous = {} as unknown, now = CREATED, generation = 1 } = {},
): PolicyStatus {
  const facts = pods.map((built) => toPodFacts(JSON.parse(JSON.stringify(built.json()))));
  const system = isSystemNamespace(namespace);
  const inNamespace = system ? [] : facts.filter((f): f is PodFacts => f?.namespace === namespace);
  const evaluation = evaluate(inNamespace, parseSpec(spec), now);
  const kind = system ? "system-namespace" : "evaluated";
  const status = nextStatus(parseStatus(previous), { kind, evaluation }, { generation, now });
  return JSON.parse(JSON.stringify(status));
}

const reasons = (status: PolicyStatus) => status.conditions?.map(({ reason }) => reason);

const GOOD = pod("good").container("app");
const BAD = pod("bad").container("app", { image: "app:latest", liveness: false, readiness: false });
const WORST = pod("worst").container("app", {
  image: "app",
  liveness: false,
  readiness: false,
  restarts: 10,
});

for (
  const [what, pods, message, compliant] of [
    ["a compliant pod", [GOOD], "0 violations across 1 pods — Healthy (100)", "NoViolations"],
    ["a pod that is not", [BAD], "3 violations across 1 pods — Healthy (90)", "ViolationsFound"],
    ["a mixed namespace", [GOOD, BAD, WORST], "7 violations across 3 pods — Healthy (84)", "ViolationsFound"],
    [
      "one where none is compliant",
      [BAD, WORST],
      "7 violations across 2 pods — Stable (75)",
      "ViolationsFound",
    ],
    ["the worst pod alone", [WORST], "4 violations across 1 pods — Stable (60)", "ViolationsFound"],
    ["an empty namespace", [], "0 violations across 0 pods — Healthy (100)", "NoPods"],
    [
      "one whose pods are finished or on their way out",
      [WORST.phase("Succeeded"), BAD.phase("Failed"), WORST.deleting()],
      "0 violations across 0 pods — Healthy (100)",
      "NoPods",
    ],
    [
      "a crowd in one pod",
      [
        pod("crowd").container("a", { restarts: 5 }).container("b", { restarts: 9 }).init("c", {
          restarts: 7,
        })
          .sidecar("d", { restarts: 6 }),
      ],
      "4 violations across 1 pods — Critical (0)",
      "ViolationsFound",
    ],
  ] as const
) {
  Deno.test(`${what}: ${message}`, () => {
    const status = reconcile(pods, ALL);
    assert.equal(status.message, message);
    assert.deepEqual(reasons(status), ["Evaluated", compliant]);
    assert.equal(status.healthy, status.classification === "Healthy");
    assert.equal(status.findings?.length, status.violations);
  });
}

Deno.test("an empty policy finds nothing wrong with any pod, and says how many there are", () => {
  for (const spec of [{}, null, undefined, { forbidLatestTag: false, maxRestartCount: null }]) {
    const status = reconcile([BAD, WORST], spec);
    assert.equal(status.message, "0 violations across 2 pods — Healthy (100)");
    assert.deepEqual(reasons(status), ["Evaluated", "NoViolations"]);
  }
});

Deno.test("a change of the policy changes the score of the same pods", () => {
  const first = reconcile([WORST], { forbidLatestTag: true });
  const second = reconcile([WORST], ALL, { previous: first, generation: 2, now: CREATED + 60_000 });
  const third = reconcile([WORST], {}, { previous: second, generation: 3, now: CREATED + 120_000 });
  assert.deepEqual([first, second, third].map(({ healthScore }) => healthScore), [95, 60, 100]);
  assert.deepEqual([first, second, third].map(({ observedGeneration }) => observedGeneration), [1, 2, 3]);
  assert.deepEqual(third.findings, []);
  assert.deepEqual(third.conditions?.map(({ lastTransitionTime }) => lastTransitionTime), [
    "2026-02-22T10:00:00Z",
    "2026-02-22T10:02:00Z",
  ]);
});

for (const [limit, violations] of [[0, 1], [4, 1], [5, 0], [10, 0]] as const) {
  Deno.test(`a pod with 5 restarts has ${violations} violations where ${limit} are allowed`, () => {
    const status = reconcile([pod("web").container("app", { restarts: 5 })], { maxRestartCount: limit });
    assert.deepEqual([status.violations, status.healthScore], [violations, 100 - 30 * violations]);
  });
}

Deno.test("a pod that stays pending turns into a violation once its time is over", () => {
  const waiting = pod("web").pendingSince(CREATED).container("app");
  const score = (now: number) => reconcile([waiting], ALL, { now }).healthScore;
  assert.deepEqual([score(CREATED + 300_000), score(CREATED + 300_001)], [100, 96]);
});

Deno.test("namespaces are independent of each other", () => {
  const pods = [GOOD.inNamespace("a"), WORST.inNamespace("b"), BAD.inNamespace("b")];
  assert.equal(
    reconcile(pods, ALL, { namespace: "a" }).message,
    "0 violations across 1 pods — Healthy (100)",
  );
  assert.equal(reconcile(pods, ALL, { namespace: "b" }).message, "7 violations across 2 pods — Stable (75)");
  assert.equal(
    reconcile(pods, ALL, { namespace: "c" }).message,
    "0 violations across 0 pods — Healthy (100)",
  );
});

for (const namespace of ["kube-system", "istio-system", "cert-manager", "monitoring", "argocd"]) {
  Deno.test(`pods of ${namespace} are not evaluated`, () => {
    const status = reconcile([WORST.inNamespace(namespace)], ALL, { namespace });
    assert.equal(status.message, "0 violations across 0 pods — Healthy (100)");
    assert.deepEqual(reasons(status), ["Evaluated", "SystemNamespace"]);
  });
}

Deno.test("a namespace whose name only resembles a system one is evaluated", () => {
  const status = reconcile([WORST.inNamespace("kube")], ALL, { namespace: "kube" });
  assert.equal(status.healthScore, 60);
});

Deno.test("pods that are added and removed move the score there and back", () => {
  const scores = [[GOOD], [GOOD, WORST], [GOOD, WORST, BAD], [GOOD, BAD], [GOOD]]
    .map((pods) => reconcile(pods, ALL).healthScore);
  assert.deepEqual(scores, [100, 80, 84, 95, 100]);
});

Deno.test("pods that are added to and subtracted from the metrics leave what evaluating afresh gives", () => {
  const of = (built: PodBuilder) => evaluatePod(built.facts(), ALL, CREATED);
  const all = [GOOD, WORST, BAD].map(of).reduce(addMetrics, emptyMetrics());
  const { pods, violations, penalty, byCheck } = evaluate([GOOD.facts(), BAD.facts()], ALL, CREATED);
  assert.deepEqual(subtractMetrics(all, of(WORST)), { pods, violations, penalty, byCheck });
});

Deno.test("a repaired policy takes up its figures again", () => {
  const before = reconcile([BAD], ALL);
  const why = "spec.maxRestartCount must be >= 0, it is -1.";
  const broken = nextStatus(before, { kind: "invalid-spec", why }, { generation: 2, now: CREATED + 60_000 });
  assert.deepEqual([broken.healthScore, broken.violations], [90, 3]);
  const after = reconcile([GOOD], ALL, { previous: broken, generation: 3, now: CREATED + 120_000 });
  assert.deepEqual([after.healthScore, reasons(after)], [100, ["Evaluated", "NoViolations"]]);
  assert.equal(after.conditions?.[0]?.lastTransitionTime, "2026-02-22T10:02:00Z");
});
