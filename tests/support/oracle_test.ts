/** The oracle says what the design's third chapter does, by examples worked out by hand. */

import assert from "node:assert/strict";
import { assertTrue, truthOf } from "./oracle.ts";
import type { Shown } from "./violations.ts";

const NOW = Date.UTC(2026, 1, 22, 10);
const ALL = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

function policy(spec: Record<string, unknown>, status?: Record<string, unknown>): Shown {
  return { metadata: { name: "strict", generation: 2 }, spec, status };
}

function pod(name: string, spec: Record<string, unknown>, status: Record<string, unknown> = {}): Shown {
  const metadata = { name, creationTimestamp: "2026-02-22T09:50:00Z" };
  return { metadata, spec, status };
}

const PROBES = { livenessProbe: {}, readinessProbe: {} };

for (
  const [what, pods, truth] of [
    ["no pods at all", [], "0 violations across 0 pods — Healthy (100) | "],
    [
      "a container without probes",
      [pod("web", { containers: [{ name: "app", image: "app:1" }] })],
      "2 violations across 1 pods — Healthy (95) | web/app missing_liveness, web/app missing_readiness",
    ],
    [
      "a job without probes, and an init container with none",
      [
        pod("job", { restartPolicy: "Never", containers: [{ name: "app", image: "app:1" }] }),
        pod("web", {
          containers: [{ name: "app", image: "app:1", ...PROBES }],
          initContainers: [{ name: "a", image: "a:1" }, { name: "b", image: "b:1", restartPolicy: "Always" }],
        }),
      ],
      "2 violations across 2 pods — Healthy (98) | web/b missing_liveness, web/b missing_readiness",
    ],
    [
      "images",
      [pod("web", {
        restartPolicy: "Never",
        containers: ["a", "a:latest", "host:5000/a", "a:1", "a:latest@sha256:1", "host:5000/a:1"].map((
          image,
          i,
        ) => ({ name: `${i}`, image })),
      })],
      "3 violations across 1 pods — Healthy (85) | web/0 latest_tag, web/1 latest_tag, web/2 latest_tag",
    ],
    [
      "restarts at, above and far above the number, and a pod that is pending for too long",
      [pod("web", {
        restartPolicy: "Never",
        containers: [{ name: "a", image: "a:1" }, { name: "b", image: "a:1" }, { name: "c", image: "a:1" }],
      }, {
        phase: "Pending",
        containerStatuses: [{ name: "a", restartCount: 3 }, { name: "b", restartCount: 4 }, {
          name: "c",
          restartCount: 900,
        }],
      })],
      "3 violations across 1 pods — Degraded (42) | web/c high_restarts, web/b high_restarts, web/ pending",
    ],
    [
      "a finished pod",
      [pod("web", { containers: [{ name: "app", image: "app" }] }, { phase: "Succeeded" })],
      "0 violations across 0 pods — Healthy (100) | ",
    ],
  ] as const satisfies readonly (readonly [string, readonly Shown[], string])[]
) {
  Deno.test(`the truth about ${what}`, () => {
    const { figures } = truthOf(policy(ALL), pods, NOW);
    assert.equal(`${figures?.message} | ${figures?.findings.join(", ")}`, truth);
  });
}

Deno.test("what a policy does not ask for is no violation", () => {
  const { figures, compliant } = truthOf(policy({ forbidLatestTag: false, maxRestartCount: null }), [
    pod("web", { containers: [{ name: "app", image: "app" }] }, { phase: "Pending" }),
  ], NOW);
  assert.deepEqual([figures?.violations, compliant], [0, "True/NoViolations"]);
});

/** A status that is true of a namespace without pods. */
const TRUE = {
  observedGeneration: 2,
  healthy: true,
  healthScore: 100,
  classification: "Healthy",
  violations: 0,
  pods: 0,
  message: "0 violations across 0 pods — Healthy (100)",
  findings: [],
  conditions: [
    { type: "Ready", status: "True", reason: "Evaluated" },
    { type: "Compliant", status: "Unknown", reason: "NoPods" },
  ],
};

Deno.test("what is true passes, and what a definition that is too lax has let in is no spec", () => {
  assertTrue(policy(ALL, TRUE), [], NOW);
  const conditions = [
    { type: "Ready", status: "False", reason: "InvalidSpec" },
    { type: "Compliant", status: "Unknown", reason: "InvalidSpec" },
  ];
  assertTrue(policy({ maxRestartCount: "many" }, { ...TRUE, healthScore: 7, conditions }), [], NOW);
});

for (
  const lie of [
    { observedGeneration: 1 },
    { healthy: false },
    { healthScore: 99 },
    { classification: "Stable" },
    { violations: 1 },
    { pods: 1 },
    { message: "" },
    { findings: [{ pod: "web", check: "pending" }] },
    { conditions: TRUE.conditions.slice(1) },
    { conditions: TRUE.conditions.slice(0, 1) },
  ]
) {
  Deno.test(`a status in which ${JSON.stringify(lie)} is wrong does not pass`, () => {
    assert.throws(() => assertTrue(policy(ALL, { ...TRUE, ...lie }), [], NOW), assert.AssertionError);
  });
}
