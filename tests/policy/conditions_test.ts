/** Conditions: what each verdict says as Ready and Compliant, and how it joins the conditions already there. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Condition } from "../../lib/api/condition.ts";
import { nextConditions, type Verdict } from "../../lib/policy/conditions.ts";

const THEN = "2026-02-22T10:00:00Z";
const LATER = "2026-02-22T10:01:00Z";
const NOW = { generation: 3, at: THEN };

const READY = "The policy was evaluated.";
const STALE = "the figures are";

/** Verdict → Ready and Compliant, each as `status reason` and a part of the message. */
const ROWS: [string, Verdict, ready: [string, string], compliant: [string, string]][] = [
  [
    "pods that keep to the policy",
    { kind: "evaluated", violations: 0, pods: 3 },
    ["True Evaluated", READY],
    ["True NoViolations", "All pods keep to the policy."],
  ],
  [
    "pods that break the policy",
    { kind: "evaluated", violations: 1, pods: 3 },
    ["True Evaluated", READY],
    ["False ViolationsFound", "status.findings"],
  ],
  [
    "no pods",
    { kind: "evaluated", violations: 0, pods: 0 },
    ["True Evaluated", READY],
    ["Unknown NoPods", "no pods"],
  ],
  [
    "a system namespace",
    { kind: "system-namespace" },
    ["True Evaluated", READY],
    ["Unknown SystemNamespace", "system namespace"],
  ],
  [
    "an invalid spec",
    { kind: "invalid-spec", why: "spec.maxRestartCount must be >= 0, it is -1." },
    ["False InvalidSpec", "spec.maxRestartCount must be >= 0, it is -1."],
    ["Unknown InvalidSpec", "spec is corrected"],
  ],
  [
    "a failed evaluation",
    { kind: "evaluation-failed", why: "A bug." },
    ["False EvaluationFailed", "A bug."],
    ["Unknown EvaluationFailed", STALE],
  ],
  [
    "pods that cannot be read",
    { kind: "pods-unavailable", why: "Forbidden." },
    ["Unknown PodsUnavailable", "Forbidden."],
    ["Unknown PodsUnavailable", STALE],
  ],
];

for (const [what, verdict, ready, compliant] of ROWS) {
  Deno.test(`nextConditions() of ${what}: Ready is ${ready[0]}, Compliant is ${compliant[0]}`, () => {
    const conditions = nextConditions([], verdict, NOW);
    assert.deepEqual(
      conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
      [["Ready", ready[0]], ["Compliant", compliant[0]]],
    );
    for (const [i, [, part]] of [ready, compliant].entries()) {
      const { message, observedGeneration, lastTransitionTime } = conditions[i]!;
      assert.ok(message.includes(part), message);
      assert.deepEqual([observedGeneration, lastTransitionTime], [3, THEN]);
    }
  });
}

const EVALUATED: Verdict = { kind: "evaluated", violations: 0, pods: 1 };
const before = nextConditions([], EVALUATED, NOW);

Deno.test("lastTransitionTime stays while the status does, though reason, message and generation change", () => {
  const failed = nextConditions([], { kind: "invalid-spec", why: "old" }, NOW);
  const after = nextConditions(failed, { kind: "evaluation-failed", why: "new" }, {
    generation: 4,
    at: LATER,
  });
  assert.deepEqual(
    after.map(({ status, reason, observedGeneration, lastTransitionTime }) =>
      [status, reason, observedGeneration, lastTransitionTime].join(" ")
    ),
    [`False EvaluationFailed 4 ${THEN}`, `Unknown EvaluationFailed 4 ${THEN}`],
  );
  assert.equal(after[0]?.message, "new");
});

Deno.test("lastTransitionTime moves only in the condition whose status changes", () => {
  const later = { generation: 3, at: LATER };
  const after = nextConditions(before, { kind: "evaluated", violations: 2, pods: 1 }, later);
  assert.deepEqual(after.map(({ type, status, lastTransitionTime }) => [type, status, lastTransitionTime]), [
    ["Ready", "True", THEN],
    ["Compliant", "False", LATER],
  ]);
});

Deno.test("the same verdict again changes nothing at all", () => {
  assert.deepEqual(nextConditions(before, EVALUATED, { generation: 3, at: LATER }), before);
});

const FOREIGN: Condition = {
  type: "Audited",
  status: "True",
  lastTransitionTime: "2020-01-01T00:00:00Z",
  reason: "Seen",
  message: "by somebody else",
};

Deno.test("conditions of others are kept as they are, each in its old place", () => {
  const [ready, compliant] = before as [Condition, Condition];
  const other = { ...FOREIGN, type: "Other" };
  const moment = { generation: 9, at: LATER };
  const after = nextConditions([FOREIGN, compliant, other, ready], EVALUATED, moment);
  assert.deepEqual(after.map(({ type }) => type), ["Audited", "Compliant", "Other", "Ready"]);
  assert.deepEqual([after[0], after[2]], [FOREIGN, other]);
  assert.deepEqual([after[1]?.observedGeneration, after[3]?.observedGeneration], [9, 9]);
});

Deno.test("conditions of ours that are missing come after those of others", () => {
  const [ready] = before as [Condition, Condition];
  assert.deepEqual(nextConditions([FOREIGN], EVALUATED, NOW), [FOREIGN, ...before]);
  assert.deepEqual(nextConditions([ready, FOREIGN], EVALUATED, NOW), [ready, FOREIGN, before[1]]);
});

Deno.test("nextConditions() leaves the previous ones alone", () => {
  const previous = structuredClone([FOREIGN, ...before]);
  nextConditions(previous, { kind: "pods-unavailable", why: "gone" }, { generation: 9, at: LATER });
  assert.deepEqual(previous, [FOREIGN, ...before]);
});

Deno.test("whatever the verdicts, each of our types is there once, and nothing of others is lost", () => {
  const verdicts = fc.array(fc.constantFrom(...ROWS.map(([, verdict]) => verdict)), { minLength: 1 });
  fc.assert(fc.property(verdicts, fc.shuffledSubarray([FOREIGN, ...before]), (verdicts, start) => {
    const last = verdicts.reduce(
      (conditions, verdict, i) => nextConditions(conditions, verdict, { generation: i, at: LATER }),
      start,
    );
    const types = last.map(({ type }) => type);
    assert.deepEqual(types.slice(0, start.length), start.map(({ type }) => type));
    assert.deepEqual(types.filter((type) => type !== "Audited").toSorted(), ["Compliant", "Ready"]);
    assert.equal(last.includes(FOREIGN), start.includes(FOREIGN));
  }));
});
