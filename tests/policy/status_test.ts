/** The status: what each outcome makes of the one before, and the one line that people read first. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyMetrics, evaluate, type Evaluation } from "../../lib/policy/evaluate.ts";
import { nextStatus, type Outcome, statusMessage } from "../../lib/policy/status.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { moments, namespacePods, specs } from "../support/arbitraries.ts";
import { heapUsed } from "../support/heap_used.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

const NOW = { generation: 3, now: CREATED + 750 };
const LATER = { generation: 4, now: CREATED + 60_000 };

const web = (image: string) => pod("web").container("app", { image }).facts();
const evaluated = (evaluation: Evaluation): Outcome => ({ kind: "evaluated", evaluation });
const outcome = evaluated(evaluate([web("app")], { forbidLatestTag: true }, CREATED));

/** Evaluation of a made-up namespace. */
function figures(pods: number, penalty: number, violations = 1): Evaluation {
  return { ...emptyMetrics(), pods, penalty, violations, findings: [], dueAt: undefined, unevaluable: 0 };
}

Deno.test("nextStatus() of an evaluation fills in every field", () => {
  assert.deepEqual(nextStatus({}, outcome, NOW), {
    observedGeneration: 3,
    healthy: true,
    healthScore: 95,
    classification: "Healthy",
    violations: 1,
    pods: 1,
    findings: [
      { pod: "web", container: "app", check: "latest_tag", detail: "image app resolves to latest" },
    ],
    message: "1 violations across 1 pods — Healthy (95)",
    lastEvaluated: "2026-02-22T10:00:00Z",
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Evaluated",
        message: "The policy was evaluated.",
        observedGeneration: 3,
        lastTransitionTime: "2026-02-22T10:00:00Z",
      },
      {
        type: "Compliant",
        status: "False",
        reason: "ViolationsFound",
        message: "Pods break the policy; see status.findings.",
        observedGeneration: 3,
        lastTransitionTime: "2026-02-22T10:00:00Z",
      },
    ],
  });
});

for (
  const [penalty, score, healthy, classification] of [
    [0, 100, true, "Healthy"],
    [20, 80, true, "Healthy"],
    [21, 79, false, "Stable"],
    [40, 60, false, "Stable"],
    [41, 59, false, "Degraded"],
    [60, 40, false, "Degraded"],
    [61, 39, false, "Critical"],
    [100, 0, false, "Critical"],
    [999, 0, false, "Critical"],
  ] as const
) {
  Deno.test(`nextStatus() of a penalty of ${penalty} is ${classification}, healthy: ${healthy}`, () => {
    const status = nextStatus({}, evaluated(figures(1, penalty)), NOW);
    assert.deepEqual([status.healthScore, status.healthy, status.classification], [
      score,
      healthy,
      classification,
    ]);
    assert.equal(status.message, `1 violations across 1 pods — ${classification} (${score})`);
  });
}

Deno.test("nextStatus() replaces the figures of a previous evaluation", () => {
  const before = nextStatus({}, outcome, NOW);
  const after = nextStatus(
    before,
    evaluated(evaluate([web("app:1")], { forbidLatestTag: true }, CREATED)),
    LATER,
  );
  const { conditions: _, ...rest } = after;
  assert.deepEqual(rest, {
    observedGeneration: 4,
    healthy: true,
    healthScore: 100,
    classification: "Healthy",
    violations: 0,
    pods: 1,
    findings: [],
    message: "0 violations across 1 pods — Healthy (100)",
    lastEvaluated: "2026-02-22T10:01:00Z",
  });
});

Deno.test("nextStatus() of a system namespace scores 100 over no pods and says why", () => {
  const status = nextStatus({}, { kind: "system-namespace", evaluation: evaluate([], {}, CREATED) }, NOW);
  assert.deepEqual([status.healthScore, status.healthy, status.pods, status.violations], [100, true, 0, 0]);
  assert.equal(status.message, "0 violations across 0 pods — Healthy (100)");
  assert.deepEqual(status.conditions?.map(({ status, reason }) => [status, reason]), [
    ["True", "Evaluated"],
    ["Unknown", "SystemNamespace"],
  ]);
});

for (
  const [kind, ready, reason] of [
    ["invalid-spec", "False", "InvalidSpec"],
    ["evaluation-failed", "False", "EvaluationFailed"],
    ["pods-unavailable", "Unknown", "PodsUnavailable"],
  ] as const
) {
  Deno.test(`nextStatus() of ${kind} keeps the figures and their age, and says why and since when`, () => {
    const before = nextStatus({}, outcome, NOW);
    const after = nextStatus(before, { kind, why: "Because." }, LATER);
    assert.deepEqual(after, {
      ...before,
      observedGeneration: 4,
      conditions: after.conditions,
    });
    assert.deepEqual(after.conditions?.[0], {
      type: "Ready",
      status: ready,
      reason,
      message: "Because.",
      observedGeneration: 4,
      lastTransitionTime: "2026-02-22T10:01:00Z",
    });
    assert.equal(after.conditions?.[1]?.status, "Unknown");
  });

  Deno.test(`nextStatus() of ${kind} invents no figures where there were none`, () => {
    const { conditions, ...rest } = nextStatus({}, { kind, why: "Because." }, LATER);
    assert.deepEqual(rest, { observedGeneration: 4 });
    assert.equal(conditions?.length, 2);
  });
}

Deno.test("nextStatus() keeps the conditions of others, whatever the outcome", () => {
  const foreign = {
    type: "Audited",
    status: "True" as const,
    lastTransitionTime: "2020-01-01T00:00:00Z",
    reason: "Seen",
    message: "",
  };
  const before: PolicyStatus = { conditions: [foreign] };
  for (const next of [outcome, { kind: "invalid-spec", why: "Because." } as const]) {
    assert.deepEqual(nextStatus(before, next, NOW).conditions?.[0], foreign);
  }
  assert.deepEqual(before, { conditions: [foreign] });
});

for (
  const [violations, pods, score, message] of [
    [0, 0, 100, "0 violations across 0 pods — Healthy (100)"],
    [1, 1, 95, "1 violations across 1 pods — Healthy (95)"],
    [7, 3, 79, "7 violations across 3 pods — Stable (79)"],
    [12, 4, 59, "12 violations across 4 pods — Degraded (59)"],
    [40, 2, 0, "40 violations across 2 pods — Critical (0)"],
  ] as const
) {
  Deno.test(`statusMessage() says "${message}"`, () => {
    assert.equal(statusMessage({ violations, pods }, score), message);
  });
}

Deno.test("what a status says in words is what it says in figures", () => {
  fc.assert(fc.property(namespacePods, specs, moments, (pods, spec, now) => {
    const status = nextStatus({}, evaluated(evaluate(pods, spec, now)), { generation: 1, now });
    const [, violations, counted, classification, score] =
      /^(\d+) violations across (\d+) pods — (\w+) \((\d+)\)$/.exec(status.message ?? "") ?? [];
    assert.deepEqual([violations, counted, score].map(Number), [
      status.violations,
      status.pods,
      status.healthScore,
    ]);
    assert.equal(classification, status.classification);
    assert.equal(status.healthy, Number(score) >= 80);
  }));
});

Deno.test("nextStatus() of pods without fault takes at most 750 bytes", () => {
  const before = heapUsed();
  const held = Array.from({ length: 10_000 }, () => nextStatus({}, evaluated(figures(15, 0, 0)), NOW));
  const each = (heapUsed() - before) / held.length;
  assert(held.every(({ conditions }) => conditions?.length === 2));
  assert(each <= 750, `${each} bytes`);
});
