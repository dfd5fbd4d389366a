/** Triggers: every change of intent asks for a reconcile, and no change that cannot matter does. */

import assert from "node:assert/strict";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import type { ObjectMeta } from "../../lib/api/object.ts";
import { podTriggers, policyTriggers } from "../../lib/operator/triggers.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

function policy(metadata: ObjectMeta, rest: Partial<DevOpsPolicy> = {}): DevOpsPolicy {
  const common = { uid: "a", generation: 1, finalizers: ["x", "y"] };
  return {
    namespace: "production",
    name: "strict",
    resourceVersion: "1",
    metadata: { ...common, ...metadata },
    spec: {},
    status: undefined,
    ...rest,
  };
}

for (
  const [what, after, wanted] of [
    ["a new generation", policy({ generation: 2 }), true],
    ["another object of the same name", policy({ uid: "b" }), true],
    ["a deletion", policy({ deletionTimestamp: "2026-02-22T10:00:00Z" }), true],
    ["a finalizer more", policy({ finalizers: ["x", "y", "z"] }), true],
    ["a finalizer less", policy({ finalizers: ["x"] }), true],
    ["another finalizer", policy({ finalizers: ["x", "z"] }), true],
    [
      "a status alone",
      policy({ resourceVersion: "2" }, { resourceVersion: "2", status: { pods: 1 } }),
      false,
    ],
    ["nothing", policy({}), false],
  ] as const
) {
  Deno.test(`policyTriggers() is ${wanted} for ${what}`, () => {
    assert.equal(policyTriggers(policy({}), after), wanted);
    assert.equal(policyTriggers(after, policy({})), wanted);
  });
}

Deno.test("policyTriggers() takes no finalizers and an empty list for the same", () => {
  const { finalizers: _, ...metadata } = policy({}).metadata;
  assert.equal(policyTriggers(policy({}, { metadata }), policy({ finalizers: [] })), false);
});

Deno.test("policyTriggers() is true for a policy that comes or goes", () => {
  assert.equal(policyTriggers(undefined, policy({})), true);
  assert.equal(policyTriggers(policy({}), undefined), true);
});

const WEB = pod("web").container("app");

for (
  const [what, after, wanted] of [
    ["another image", pod("web").container("app", { image: "app" }), true],
    ["a restart", pod("web").container("app", { restarts: 1 }), true],
    ["a probe less", pod("web").container("app", { liveness: false }), true],
    ["a container more", WEB.container("b"), true],
    ["another phase", WEB.phase("Succeeded"), true],
    ["a deletion", WEB.deleting(), true],
    ["another creation time", WEB.createdAt(CREATED + 1000), true],
    ["another restart policy", WEB.restartPolicy("Never"), true],
    ["a new version alone", WEB.resourceVersion("2"), false],
    ["an ephemeral container", WEB.ephemeral("debug"), false],
  ] as const
) {
  Deno.test(`podTriggers() is ${wanted} for ${what}`, () => {
    assert.equal(podTriggers(WEB.facts(), after.facts()), wanted);
  });
}

Deno.test("podTriggers() is true for a pod that comes or goes", () => {
  assert.equal(podTriggers(undefined, WEB.facts()), true);
  assert.equal(podTriggers(WEB.facts(), undefined), true);
});
