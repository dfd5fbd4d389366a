/** Whole reconciles through the real controller and queue: what a policy's status says about the pods it finds. */

import assert from "node:assert/strict";
import type { PolicySpec } from "../../lib/policy/spec.ts";
import { pod, type PodBuilder } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";

const GOOD = pod("good").container("app");
/** Breaks the three checks of images and probes: 5 + 3 + 2. */
const BAD = pod("bad").container("app", { image: "app:latest", liveness: false, readiness: false });
/** Costs 24: four restarts are one more than allowed. */
const CRASHING = pod("crashing").container("app", { restarts: 4 });

interface Case {
  readonly spec?: PolicySpec;
  readonly pods: readonly PodBuilder[];
  readonly message: string;
  readonly healthy?: boolean;
  readonly compliant?: string;
}

const CASES: Record<string, Case> = {
  "a compliant namespace": {
    pods: [GOOD, pod("also-good").init("prepare").container("app", { restarts: 3 })],
    message: "0 violations across 2 pods — Healthy (100)",
    compliant: "True/NoViolations",
  },
  "a mixed namespace": {
    pods: [GOOD, BAD, CRASHING],
    message: "4 violations across 3 pods — Healthy (89)",
  },
  "a namespace in which no pod complies": {
    pods: [CRASHING, pod("worse").container("app", { restarts: 100, image: "app", liveness: false })],
    message: "4 violations across 2 pods — Stable (69)",
    healthy: false,
  },
  "a namespace as bad as it gets": {
    pods: [
      pod("doomed").container("a", { restarts: 9 }).container("b", { restarts: 9 }).container("c", {
        restarts: 9,
      }).container("d", { restarts: 9 }),
    ],
    message: "4 violations across 1 pods — Critical (0)",
    healthy: false,
  },
  "an empty namespace": {
    pods: [],
    message: "0 violations across 0 pods — Healthy (100)",
    compliant: "Unknown/NoPods",
  },
  "an empty policy": {
    spec: {},
    pods: [BAD, CRASHING],
    message: "0 violations across 2 pods — Healthy (100)",
    compliant: "True/NoViolations",
  },
  "a policy whose fields are all null": {
    spec: { forbidLatestTag: null, requireLivenessProbe: null, maxRestartCount: null },
    pods: [BAD, CRASHING],
    message: "0 violations across 2 pods — Healthy (100)",
    compliant: "True/NoViolations",
  },
  "a custom threshold that is reached and not exceeded": {
    spec: { maxRestartCount: 4 },
    pods: [CRASHING],
    message: "0 violations across 1 pods — Healthy (100)",
    compliant: "True/NoViolations",
  },
  "a threshold of zero": {
    spec: { maxRestartCount: 0 },
    pods: [pod("once").container("app", { restarts: 1 })],
    message: "1 violations across 1 pods — Healthy (94)",
  },
  "finished pods and those being deleted, which do not count": {
    pods: [
      BAD.phase("Succeeded"),
      pod("failed").container("app", { image: "app" }).phase("Failed"),
      pod("leaving").container("app", { image: "app" }).deleting(),
      GOOD,
    ],
    message: "0 violations across 1 pods — Healthy (100)",
    compliant: "True/NoViolations",
  },
};

for (
  const [what, { spec = ALL_CHECKS, pods, message, healthy = true, compliant = "False/ViolationsFound" }]
    of Object.entries(CASES)
) {
  Deno.test(`runOperator() writes the status of ${what}`, async () => {
    await using operator = await startOperator(async (cluster) => {
      for (const pod of pods) await cluster.putPod(pod);
      await cluster.putPolicy({ spec });
    });
    const status = await operator.status();
    assert.equal(status.message, message);
    assert.equal(status.healthy, healthy);
    assert.equal(await operator.condition("Ready"), "True/Evaluated");
    assert.equal(await operator.condition("Compliant"), compliant);
    assert.equal(
      `${status.violations} ${status.pods} ${status.classification} ${status.healthScore}`,
      [
        ...message.matchAll(/\d+|\w+(?= \()/g),
      ].map(([word]) => word).join(" "),
    );
  });
}

Deno.test("runOperator() writes a status that says what, when, of which generation, and which pods", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(BAD);
    await cluster.putPod(CRASHING);
    await cluster.putPolicy({ spec: ALL_CHECKS });
  });
  const at = "2026-02-22T10:00:00Z";
  assert.deepEqual(await operator.status(), {
    observedGeneration: 1,
    healthy: true,
    healthScore: 83,
    classification: "Healthy",
    violations: 4,
    pods: 2,
    lastEvaluated: at,
    message: "4 violations across 2 pods — Healthy (83)",
    findings: [
      { pod: "crashing", container: "app", check: "high_restarts", detail: "4 restarts, 3 allowed" },
      { pod: "bad", container: "app", check: "latest_tag", detail: "image app:latest resolves to latest" },
      { pod: "bad", container: "app", check: "missing_liveness", detail: "no liveness probe" },
      { pod: "bad", container: "app", check: "missing_readiness", detail: "no readiness probe" },
    ],
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Evaluated",
        message: "The policy was evaluated.",
        observedGeneration: 1,
        lastTransitionTime: at,
      },
      {
        type: "Compliant",
        status: "False",
        reason: "ViolationsFound",
        message: "Pods break the policy; see status.findings.",
        observedGeneration: 1,
        lastTransitionTime: at,
      },
    ],
  });
  assert.deepEqual(operator.told, [{
    namespace: "production",
    name: "strict",
    status: await operator.status(),
  }]);
});
