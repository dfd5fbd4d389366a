/** The checks missing_liveness and missing_readiness: one table for both, since only the probe and the weight differ. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../lib/policy/evaluate.ts";
import { podBuilders } from "../../support/arbitraries.ts";
import { CREATED, pod } from "../../support/pod_builder.ts";

const CHECKS = [
  {
    id: "missing_liveness",
    spec: { requireLivenessProbe: true },
    missing: { liveness: false },
    otherMissing: { readiness: false },
    fact: "hasLivenessProbe",
    weight: 3,
    detail: "no liveness probe",
  },
  {
    id: "missing_readiness",
    spec: { requireReadinessProbe: true },
    missing: { readiness: false },
    otherMissing: { liveness: false },
    fact: "hasReadinessProbe",
    weight: 2,
    detail: "no readiness probe",
  },
] as const;

for (const { id, spec, missing, otherMissing, fact, weight, detail } of CHECKS) {
  for (
    const [what, web, violations] of [
      ["a container without a probe", pod("web").container("app", missing), 1],
      ["a container with one", pod("web").container("app"), 0],
      ["a container that only lacks the other probe", pod("web").container("app", otherMissing), 0],
      ["a sidecar without one", pod("web").sidecar("app", missing), 1],
      ["a sidecar with one", pod("web").sidecar("app"), 0],
      ["an init container, which ends", pod("web").init("app", missing), 0],
      ["an ephemeral container", pod("web").ephemeral("app", missing), 0],
      ["two of three containers", pod("web").container("a", missing).sidecar("b", missing).container("c"), 2],
      [
        "a pod that restarts on failure only",
        pod("web").restartPolicy("OnFailure").container("a", missing),
        0,
      ],
      ["a pod that never restarts", pod("web").restartPolicy("Never").container("app", missing), 0],
      ["a sidecar of a job", pod("web").restartPolicy("Never").sidecar("app", missing), 0],
      ["a pod with no containers", pod("web"), 0],
      ["a pending pod's container", pod("web").phase("Pending").container("app", missing), 1],
    ] as const
  ) {
    Deno.test(`${id} finds ${violations} in ${what}`, () => {
      const result = evaluate([web.facts()], spec, CREATED);
      assert.equal(result.pods, 1, "the pod counts, whatever the check thinks of it");
      assert.equal(result.byCheck[id], violations);
      assert.equal(result.violations, violations);
      assert.equal(result.penalty, weight * violations);
    });
  }

  Deno.test(`${id} names the container and says "${detail}"`, () => {
    const web = pod("web").container("fine").container("app", missing);
    assert.deepEqual(evaluate([web.facts()], spec, CREATED).findings, [
      { pod: "web", container: "app", check: id, detail },
    ]);
  });

  Deno.test(`${id} finds as many as there are containers that run for ever in services, without a probe`, () => {
    fc.assert(fc.property(podBuilders, (built) => {
      const facts = { ...built.facts(), phase: "Running", deleting: false };
      const without = facts.containers.filter((container) => container.kind !== "init" && !container[fact]);
      const expected = facts.restartPolicy === "Always" ? without.length : 0;
      const result = evaluate([facts], spec, CREATED);
      assert.equal(result.byCheck[id], expected);
      assert.equal(result.penalty, weight * expected);
    }));
  });
}
