/** One pod, with a policy and without: the questions that the library answers every day. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyMetrics, evaluate } from "../../lib/policy/evaluate.ts";
import {
  detectViolations,
  detectViolationsWithoutPolicy,
  evaluatePod,
  evaluatePodWithoutPolicy,
} from "../../lib/policy/pod.ts";
import { moments, podBuilders, specs } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

const LATER = CREATED + 3_600_000;
const ids = (findings: readonly { check: string }[]) => findings.map(({ check }) => check);

for (
  const [what, web, checks, penalty] of [
    ["a pod that is fine", pod("web").container("app"), [], 0],
    ["an image of latest", pod("web").container("app", { image: "app:latest" }), ["latest_tag"], 5],
    ["an image without a tag", pod("web").container("app", { image: "app" }), ["latest_tag"], 5],
    ["no liveness probe", pod("web").container("app", { liveness: false }), ["missing_liveness"], 3],
    ["no readiness probe", pod("web").container("app", { readiness: false }), ["missing_readiness"], 2],
    ["3 restarts, which are fine", pod("web").container("app", { restarts: 3 }), [], 0],
    ["4 restarts", pod("web").container("app", { restarts: 4 }), ["high_restarts"], 24],
    ["a pod that is pending", pod("web").phase("Pending").container("app"), ["pending"], 4],
    [
      "all of it at once",
      pod("web").phase("Pending").container("app", {
        image: "app",
        liveness: false,
        readiness: false,
        restarts: 9,
      }),
      ["high_restarts", "latest_tag", "pending", "missing_liveness", "missing_readiness"],
      44,
    ],
    [
      "two containers, each wrong in its own way",
      pod("web").container("a", { image: "app" }).container("b", { liveness: false }),
      ["latest_tag", "missing_liveness"],
      8,
    ],
    ["a pod that is finished", pod("web").phase("Succeeded").container("app", { image: "app" }), [], 0],
  ] as const
) {
  Deno.test(`without a policy, ${what}: ${checks.join(", ") || "no violation"}`, () => {
    assert.deepEqual(ids(detectViolationsWithoutPolicy(web.facts())), [...checks]);
    const metrics = evaluatePodWithoutPolicy(web.facts());
    assert.deepEqual([metrics.violations, metrics.penalty], [checks.length, penalty]);
  });
}

Deno.test("evaluatePod() answers the figures alone, without findings", () => {
  const web = pod("web").container("app", { image: "app" }).facts();
  assert.deepEqual(evaluatePod(web, { forbidLatestTag: true }, CREATED), {
    pods: 1,
    violations: 1,
    penalty: 5,
    byCheck: { ...emptyMetrics().byCheck, latest_tag: 1 },
  });
});

Deno.test("a policy that asks for nothing finds nothing in a pod that breaks every rule", () => {
  const web = pod("web").phase("Pending").container("app", { image: "app", liveness: false, restarts: 9 });
  assert.deepEqual(evaluatePod(web.facts(), {}, LATER), { ...emptyMetrics(), pods: 1 });
  assert.deepEqual(detectViolations(web.facts(), {}, LATER), []);
});

Deno.test("a policy's limits replace those that hold without one", () => {
  const web = pod("web").pendingSince(CREATED).container("app", { restarts: 4 }).facts();
  const spec = { maxRestartCount: 10, forbidPendingDuration: 300 };
  assert.deepEqual(detectViolations(web, spec, CREATED + 300_000), []);
  assert.deepEqual(ids(detectViolations(web, spec, CREATED + 300_001)), ["pending"]);
  assert.deepEqual(ids(detectViolations(web, { maxRestartCount: 3 }, CREATED)), ["high_restarts"]);
});

Deno.test("detectViolations() says which container, which check and what is wrong", () => {
  const web = pod("web").init("migrate", { image: "host:5000/migrate" }).container("app").facts();
  assert.deepEqual(detectViolations(web, { forbidLatestTag: true }, CREATED), [{
    pod: "web",
    container: "migrate",
    check: "latest_tag",
    detail: "image host:5000/migrate resolves to latest",
  }]);
});

Deno.test("a pod alone is evaluated as it is among others", () => {
  fc.assert(fc.property(podBuilders, specs, moments, (built, spec, now) => {
    const whole = evaluate([built.facts()], spec, now);
    const { pods, violations, penalty, byCheck } = whole;
    assert.deepEqual(evaluatePod(built.facts(), spec, now), { pods, violations, penalty, byCheck });
    assert.deepEqual(detectViolations(built.facts(), spec, now), whole.findings);
  }));
});

Deno.test("without a policy a pod is judged as by the strictest policy at the end of time, up to 3 restarts", () => {
  const spec = {
    forbidLatestTag: true,
    requireLivenessProbe: true,
    requireReadinessProbe: true,
    maxRestartCount: 3,
    forbidPendingDuration: 0,
  };
  fc.assert(fc.property(podBuilders, (built) => {
    assert.deepEqual(evaluatePodWithoutPolicy(built.facts()), evaluatePod(built.facts(), spec, Infinity));
    assert.deepEqual(
      detectViolationsWithoutPolicy(built.facts()),
      detectViolations(built.facts(), spec, Infinity),
    );
  }));
});

Deno.test("evaluatePodWithoutPolicy() counts a pending pod at once, even one whose creation time is unknown", () => {
  const facts = pod("a").pendingSince(NaN).facts();
  assert.equal(evaluatePodWithoutPolicy(facts).byCheck.pending, 1);
  assert.deepEqual(detectViolationsWithoutPolicy(facts).map(({ check }) => check), ["pending"]);
});
