/** When two readings of a pod are worth one evaluation: what sameFacts() looks at, field by field. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type ContainerFacts, type PodFacts, sameFacts } from "../../lib/api/pod_facts.ts";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { moments, podBuilders, specs } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

const WEB = pod("web").init("migrate").container("app").facts();

/** The pod with its last container changed. */
function withContainer(change: Partial<ContainerFacts>): PodFacts {
  return { ...WEB, containers: WEB.containers.with(-1, { ...WEB.containers.at(-1)!, ...change }) };
}

const CHANGES: Record<string, PodFacts> = {
  "another phase": { ...WEB, phase: "Pending" },
  "being deleted": { ...WEB, deleting: true },
  "another restart policy": { ...WEB, restartPolicy: "Never" },
  "another creation time": { ...WEB, createdAtSeconds: CREATED / 1000 + 1 },
  "no readable creation time": { ...WEB, createdAtSeconds: undefined },
  "a problem": { ...WEB, problem: "spec.containers is not a list" },
  "one container less": { ...WEB, containers: WEB.containers.slice(0, 1) },
  "one container more": { ...WEB, containers: [...WEB.containers, ...WEB.containers] },
  "its containers in another order": { ...WEB, containers: WEB.containers.toReversed() },
  "a container of another name": withContainer({ name: "other" }),
  "a container of another kind": withContainer({ kind: "sidecar" }),
  "a container of another image": withContainer({ image: "app:2" }),
  "a container with one more restart": withContainer({ restarts: 1 }),
  "a container without a liveness probe": withContainer({ hasLivenessProbe: false }),
  "a container without a readiness probe": withContainer({ hasReadinessProbe: false }),
};

for (const [change, changed] of Object.entries(CHANGES)) {
  Deno.test(`sameFacts() tells a pod from one with ${change}`, () => {
    assert.equal(sameFacts(WEB, changed), false);
    assert.equal(sameFacts(changed, WEB), false);
    assert.equal(sameFacts(changed, structuredClone(changed)), true, "and a pod is always like its copy");
  });
}

Deno.test("sameFacts() does not mind another resource version", () => {
  assert.equal(sameFacts(WEB, { ...WEB, resourceVersion: "2" }), true);
});

const FIELDS = [
  "phase",
  "deleting",
  "restartPolicy",
  "createdAtSeconds",
  "containers",
  "resourceVersion",
] as const;

Deno.test("pods that sameFacts() calls alike are evaluated alike", () => {
  const pods = podBuilders.map((builder) => builder.facts());
  fc.assert(
    fc.property(pods, pods, fc.subarray([...FIELDS]), specs, moments, (one, other, fields, spec, now) => {
      const changed = { ...one, ...Object.fromEntries(fields.map((field) => [field, other[field]])) };
      if (!sameFacts(one, changed)) return;
      assert.deepEqual(evaluate([one], spec, now), evaluate([changed], spec, now));
    }),
  );
});
