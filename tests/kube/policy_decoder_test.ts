/** The policy decoder: which objects are policies, and that nothing is kept that nobody reads. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { toDevOpsPolicy } from "../../lib/kube/policy_decoder.ts";

const metadata = { namespace: "team-a", name: "policy", resourceVersion: "7" };

Deno.test("toDevOpsPolicy() keeps the metadata that is read, spec and status, and nothing else", () => {
  const read = {
    ...metadata,
    uid: "u-1",
    generation: 3,
    deletionTimestamp: "2026-02-22T11:00:00Z",
    finalizers: ["a", "b"],
  };
  const [spec, status] = [{ forbidLatestTag: true }, { healthy: true }];
  const json = {
    apiVersion: "devops.stochastic.io/v1",
    kind: "DevOpsPolicy",
    metadata: {
      ...read,
      managedFields: [{ manager: "kubectl" }],
      annotations: { a: "b" },
      creationTimestamp: "2026",
    },
    spec,
    status,
  };
  assert.deepEqual(toDevOpsPolicy(json), { ...metadata, metadata: read, spec, status });
});

Deno.test("toDevOpsPolicy() leaves out what the object does not have", () =>
  assert.deepEqual(toDevOpsPolicy({ metadata }), {
    ...metadata,
    metadata,
    spec: undefined,
    status: undefined,
  }));

Deno.test("toDevOpsPolicy() keeps a generation of 0 and an empty list of finalizers", () => {
  const { metadata: kept } = toDevOpsPolicy({ metadata: { ...metadata, generation: 0, finalizers: [] } })!;
  assert.deepEqual(kept, { ...metadata, generation: 0, finalizers: [] });
});

Deno.test("toDevOpsPolicy() holds the list of our finalizer alone once, and others as they are", () => {
  const finalizersOf = (finalizers: unknown) =>
    toDevOpsPolicy({ metadata: { ...metadata, finalizers } })?.metadata.finalizers;
  assert.deepEqual(finalizersOf([FINALIZER]), [FINALIZER]);
  assert.equal(finalizersOf([FINALIZER]), finalizersOf([FINALIZER]));
  for (const finalizers of [["a"], [FINALIZER, "a"], ["a", FINALIZER], [], null, 7]) {
    assert.equal(finalizersOf(finalizers), finalizers);
  }
});

Deno.test("toDevOpsPolicy() trusts neither spec nor status", () => {
  for (const anything of [null, "text", 7, [], { a: { b: 1 } }]) {
    const policy = toDevOpsPolicy({ metadata, spec: anything, status: anything });
    assert.deepEqual([policy?.spec, policy?.status], [anything, anything]);
  }
});

for (
  const json of [
    undefined,
    null,
    7,
    "policy",
    [],
    {},
    { metadata: null },
    { metadata: "x" },
    { metadata: { ...metadata, name: undefined } },
    { metadata: { ...metadata, namespace: undefined } },
    { metadata: { ...metadata, resourceVersion: undefined } },
    { metadata: { ...metadata, name: "" } },
    { metadata: { ...metadata, namespace: "" } },
    { metadata: { ...metadata, resourceVersion: "" } },
    { metadata: { ...metadata, name: null } },
  ]
) {
  Deno.test(`toDevOpsPolicy() does not take ${JSON.stringify(json)} for a policy`, () =>
    assert.equal(toDevOpsPolicy(json), undefined));
}
