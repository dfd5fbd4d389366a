/** Policies whose every field was exchanged for what it cannot be, on a server that lets anything in. */

import assert from "node:assert/strict";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { LAX } from "../support/definitions.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { VALUES } from "./mutate.ts";
import { isSpec } from "./spec_oracle.ts";

/** Every field of a sound spec with every value, and every value in place of the spec. */
const SPECS: readonly unknown[] = [
  ...VALUES.filter((value) => typeof value === "object" && value !== null),
  ...Object.keys(ALL_CHECKS).flatMap((field) => VALUES.map((value) => ({ ...ALL_CHECKS, [field]: value }))),
];

Deno.test("runOperator() says of each policy whose spec is none that it is none, and evaluates all others", async () => {
  const names = SPECS.map((_, i) => `policy-${i}`);
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    for (const [i, spec] of SPECS.entries()) await cluster.putPolicy({ name: names[i]!, spec });
  }, { crd: LAX });
  await operator.clock.advance(1_000);
  for (const [i, name] of names.entries()) {
    const { metadata, spec, status } = (await operator.cluster.policy(name))!;
    const { conditions = [], observedGeneration, message } = status as PolicyStatus;
    const told = conditions.map(({ status, reason }) => `${status}/${reason}`);
    const expected = isSpec(spec)
      ? ["True/Evaluated", message?.startsWith("0 ") ? "True/NoViolations" : "False/ViolationsFound"]
      : ["False/InvalidSpec", "Unknown/InvalidSpec"];
    assert.deepEqual(told, expected, JSON.stringify(SPECS[i]));
    assert.equal(observedGeneration, metadata.generation);
  }
  assert.deepEqual(operator.warnings(), [], "none of them is a failure");
});
