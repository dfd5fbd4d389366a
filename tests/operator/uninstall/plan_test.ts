/** What uninstalling would take along: counted, with everybody named who stands in the way. */

import assert from "node:assert/strict";
import { type DevOpsPolicy, FINALIZER } from "../../../lib/api/devops_policy.ts";
import { type Installation, planUninstall } from "../../../lib/operator/uninstall/plan.ts";
import { policyCrd } from "../../../lib/policy/crd.ts";

const NOW = Date.UTC(2026, 1, 22, 10);

function policy(
  key: string,
  { finalizers, status }: { finalizers?: readonly string[]; status?: unknown } = {},
): DevOpsPolicy {
  const [namespace = "", name = ""] = key.split("/");
  const metadata = { namespace, name, ...(finalizers && { finalizers }) };
  return { namespace, name, resourceVersion: "1", metadata, spec: {}, status };
}

function installed(
  policies: readonly DevOpsPolicy[],
  metadata: NonNullable<Installation["crd"]["metadata"]> = {},
): Installation {
  return { crd: { ...policyCrd(), metadata }, policies };
}

Deno.test("planUninstall() counts policies, their namespaces, and those that we hold", () => {
  const plan = planUninstall(
    installed([
      policy("a/x", { finalizers: [FINALIZER] }),
      policy("a/y", { finalizers: [] }),
      policy("b/x", { finalizers: ["other/one", FINALIZER] }),
      policy("c/x"),
    ]),
    NOW,
  );
  assert.deepEqual({ ...plan, foreign: [...plan.foreign] }, {
    isDeleting: false,
    policies: 4,
    namespaces: 3,
    held: 2,
    foreign: [["other/one", [{ namespace: "b", name: "x" }]]],
    keepers: [],
    atWork: undefined,
  });
});

Deno.test("planUninstall() names each finalizer of others once, with all that it keeps", () => {
  const { foreign } = planUninstall(
    installed([
      policy("a/x", { finalizers: ["other/one", "other/two"] }),
      policy("a/y", { finalizers: ["other/one", FINALIZER] }),
      policy("b/constructor", { finalizers: ["constructor"] }),
    ]),
    NOW,
  );
  assert.deepEqual([...foreign], [
    ["other/one", [{ namespace: "a", name: "x" }, { namespace: "a", name: "y" }]],
    ["other/two", [{ namespace: "a", name: "x" }]],
    ["constructor", [{ namespace: "b", name: "constructor" }]],
  ]);
});

Deno.test("planUninstall() tells a definition that is being deleted, and who else keeps it", () => {
  const { isDeleting, keepers } = planUninstall(
    installed([], {
      deletionTimestamp: "2026-02-22T09:00:00Z",
      finalizers: ["customresourcecleanup.apiextensions.k8s.io", "other/one"],
    }),
    NOW,
  );
  assert.deepEqual({ isDeleting, keepers }, { isDeleting: true, keepers: ["other/one"] });
});

for (
  const [what, evaluated, atWork] of [
    ["nothing was ever evaluated", [undefined, undefined], undefined],
    ["the last evaluation is more than a minute old", ["09:58:59", "09:00:00"], undefined],
    ["one is a minute old", ["09:59:00", undefined], { policy: "p0", agoMs: 60_000 }],
    ["several are fresh, and takes the latest", ["09:59:30", "09:59:55"], { policy: "p1", agoMs: 5_000 }],
    ["one is of the future, where clocks differ", ["10:00:07"], { policy: "p0", agoMs: 0 }],
  ] as const
) {
  Deno.test(`planUninstall() ${atWork === undefined ? "sees no" : "sees an"} operator at work when ${what}`, () => {
    const policies = evaluated.map((time, i) =>
      policy(`a/p${i}`, { status: time === undefined ? null : { lastEvaluated: `2026-02-22T${time}Z` } })
    );
    const plan = planUninstall(installed(policies), NOW);
    const found = plan.atWork && { ...plan.atWork, policy: plan.atWork.policy.name };
    assert.deepEqual(found, atWork);
  });
}

Deno.test("planUninstall() takes no status that is none for an evaluation", () => {
  for (const status of ["x", 5, [], { lastEvaluated: 5 }, { lastEvaluated: "yesterday" }]) {
    assert.equal(planUninstall(installed([policy("a/x", { status })]), NOW).atWork, undefined);
  }
});
