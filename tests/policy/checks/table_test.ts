/** The table of checks: each row is complete, and everything that derives from the table holds the same rows. */

import assert from "node:assert/strict";
import { CHECKS } from "../../../lib/policy/checks/mod.ts";
import { emptyMetrics, evaluate } from "../../../lib/policy/evaluate.ts";
import { PolicySpecSchema } from "../../../lib/policy/spec.ts";
import { CREATED, pod } from "../../support/pod_builder.ts";

/** A pod that breaks every check at every setting used here. */
const WRONG = pod("wrong").pendingSince(CREATED - 3_600_000)
  .container("app", { image: "app", liveness: false, readiness: false, restarts: 9 }).facts();

Deno.test("the table holds the five checks, in the order in which findings of equal weight are shown", () => {
  assert.deepEqual(CHECKS.map(({ id, field }) => [id, field]), [
    ["latest_tag", "forbidLatestTag"],
    ["missing_liveness", "requireLivenessProbe"],
    ["missing_readiness", "requireReadinessProbe"],
    ["high_restarts", "maxRestartCount"],
    ["pending", "forbidPendingDuration"],
  ]);
});

Deno.test("the spec's fields and the metrics by check are those of the table", () => {
  assert.deepEqual(Object.keys(PolicySpecSchema.properties), CHECKS.map(({ field }) => field));
  assert.deepEqual(Object.keys(emptyMetrics().byCheck), CHECKS.map(({ id }) => id));
});

Deno.test("the weights that people read are those that are charged", () => {
  assert.deepEqual(CHECKS.map(({ weight }) => weight), ["5", "3", "2", "6 × min(restarts, 5)", "4"]);
});

for (const row of CHECKS) {
  const { id, field, withoutPolicy } = row;

  Deno.test(`${id} says what it counts, what it costs and what a person can do about it`, () => {
    assert.match(row.violation, /^(container|pod) /);
    assert.match(row.remediation, /^[A-Z].*\.$/);
    assert.notEqual(row.weight, "");
  });

  Deno.test(`${field} alone switches on ${id} and no other check`, () => {
    const result = evaluate([WRONG], { [field]: withoutPolicy }, CREATED);
    assert.equal(result.violations, 1);
    assert.deepEqual(result.byCheck, { ...emptyMetrics().byCheck, [id]: 1 });
    assert.deepEqual(result.findings.map(({ check }) => check), [id]);
  });

  for (const off of [undefined, null, false]) {
    Deno.test(`${id} is off while ${field} is ${off}`, () => {
      const result = evaluate([WRONG], { [field]: off }, CREATED);
      assert.deepEqual([result.pods, result.violations, result.findings], [1, 0, []]);
    });
  }
}
