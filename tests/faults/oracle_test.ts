/** The oracle says what the design's third chapter does, by examples worked out by hand. */

import assert from "node:assert/strict";
import type { KubeObject } from "../cluster/fixtures.ts";
import { truthOf } from "./oracle.ts";

const NOW = Date.UTC(2026, 1, 22, 10);
const ALL = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

function policy(spec: Record<string, unknown>): KubeObject {
  return { metadata: { name: "strict", uid: "1", resourceVersion: "1", generation: 2 }, spec };
}

function pod(name: string, spec: Record<string, unknown>, status: Record<string, unknown> = {}): KubeObject {
  const metadata = { name, uid: name, resourceVersion: "1", creationTimestamp: "2026-02-22T09:50:00Z" };
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
  ] as const satisfies readonly (readonly [string, readonly KubeObject[], string])[]
) {
  Deno.test(`the truth about ${what}`, () => {
    const { message, findings } = truthOf(policy(ALL), pods, NOW);
    assert.equal(`${message} | ${findings.join(", ")}`, truth);
  });
}

Deno.test("what a policy does not ask for is no violation", () => {
  const { violations, compliant } = truthOf(policy({ forbidLatestTag: false, maxRestartCount: null }), [
    pod("web", { containers: [{ name: "app", image: "app" }] }, { phase: "Pending" }),
  ], NOW);
  assert.deepEqual({ violations, compliant }, { violations: 0, compliant: "True/NoViolations" });
});
