/** What `reconcile` says of changed statuses, on a terminal and in the log. */

import assert from "node:assert/strict";
import { bannerLine, statusLine, statusProperties } from "../../lib/cli/status_lines.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";

const NOW = new Date(2026, 1, 22, 10, 2, 11);
const WHO = { namespace: "production", name: "strict" };

function status(ready: string, reason: string, message = ""): PolicyStatus {
  const lastTransitionTime = "2026-02-22T10:00:00Z";
  return {
    classification: "Stable",
    healthScore: 67,
    violations: 3,
    pods: 4,
    conditions: [
      { type: "Compliant", status: "False", reason: "ViolationsFound", message: "no", lastTransitionTime },
      { type: "Ready", status: ready as "True", reason, message, lastTransitionTime },
    ],
  };
}

Deno.test("statusLine() says the class, the score and what it is made of, in local time", () => {
  assert.equal(
    statusLine({ ...WHO, status: status("True", "Evaluated") }, NOW),
    "[10:02:11] production/strict: Stable — score 67/100, 3 violations, 4 pods",
  );
});

for (const ready of ["False", "Unknown"]) {
  Deno.test(`statusLine() says why there are no figures when Ready is ${ready}`, () => {
    assert.equal(
      statusLine(
        { ...WHO, status: status(ready, "InvalidSpec", "spec.maxRestartCount must be number.") },
        NOW,
      ),
      "[10:02:11] production/strict: InvalidSpec — spec.maxRestartCount must be number.",
    );
  });
}

Deno.test("statusLine() lets nothing in a message clear the screen", () => {
  const line = statusLine({ ...WHO, status: status("False", "InvalidSpec", "\x1b[2J\nfine") }, NOW);
  assert.equal(line, "[10:02:11] production/strict: InvalidSpec — \\u{1b}[2J\\u{a}fine");
});

Deno.test("statusProperties() says the score and the message", () => {
  const evaluated = { ...status("True", "Evaluated"), message: "3 violations across 4 pods — Stable (67)" };
  assert.deepEqual(statusProperties({ ...WHO, status: evaluated }), {
    policy: "production/strict",
    score: 67,
    result: "3 violations across 4 pods — Stable (67)",
  });
});

for (const ready of ["False", "Unknown"]) {
  Deno.test(`statusProperties() says what is wrong, and no figure of before, when Ready is ${ready}`, () => {
    const failed = { ...status(ready, "PodsUnavailable", "pods is forbidden"), message: "of before" };
    assert.deepEqual(statusProperties({ ...WHO, status: failed }), {
      policy: "production/strict",
      reason: "PodsUnavailable",
      problem: "pods is forbidden",
    });
  });
}

for (
  const [ms, time] of [[0, "0 min 0 s"], [59_499, "0 min 59 s"], [59_500, "1 min 0 s"], [
    3_725_000,
    "62 min 5 s",
  ]] as const
) {
  Deno.test(`bannerLine() calls ${ms} ms ${time}`, () => {
    const [above, text, below, ...rest] = bannerLine({ changes: 7, ms }).split("\n");
    assert.equal(text, `kube-devops stopped after ${time}, 7 status changes written`);
    assert.equal(above, "─".repeat(text.length));
    assert.equal(below, above);
    assert.deepEqual(rest, []);
  });
}
