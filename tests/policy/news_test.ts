/** News: what a changed status tells the users of a policy, and that an unchanged one tells them nothing. */

import assert from "node:assert/strict";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { newsOf } from "../../lib/policy/news.ts";
import { classify } from "../../lib/policy/score.ts";
import { nextStatus, type Outcome } from "../../lib/policy/status.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";

const MOMENT = { generation: 1, now: Date.UTC(2026, 1, 22, 10) };

/** An evaluation of one pod that comes to this score. */
function evaluated(score: number, kind: "evaluated" | "system-namespace" = "evaluated"): Outcome {
  const lost = { violations: 100 - score, penalty: 100 - score };
  return { kind, evaluation: { ...evaluate([], {}, 0), pods: 1, ...lost } };
}
const invalid = (why: string): Outcome => ({ kind: "invalid-spec", why });
const failed: Outcome = { kind: "evaluation-failed", why: "The evaluation failed." };
const unavailable = (why: string): Outcome => ({ kind: "pods-unavailable", why });

/** What the last of `outcomes` tells, one after the other. */
function told(...outcomes: readonly Outcome[]): string[] {
  let status: PolicyStatus = {};
  let news: ReturnType<typeof newsOf> = [];
  for (const outcome of outcomes) {
    const next = nextStatus(status, outcome, MOMENT);
    news = newsOf(status, next);
    status = next;
  }
  return news.map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
}

for (
  const [from, to, type] of [
    [100, 79, "Warning"],
    [79, 59, "Warning"],
    [59, 39, "Warning"],
    [100, 0, "Warning"],
    [0, 40, "Normal"],
    [40, 60, "Normal"],
    [60, 80, "Normal"],
    [0, 100, "Normal"],
  ] as const
) {
  Deno.test(`newsOf() tells the step from a score of ${from} to one of ${to} as ${type}`, () => {
    assert.deepEqual(told(evaluated(from), evaluated(to)), [
      `${type} ClassificationChanged: From ${classify(from)} to ${classify(to)}: score ${to}, ` +
      `${100 - to} violations across 1 pods.`,
    ]);
  });
}

const AGAIN = "Normal Evaluated: The policy can be evaluated again.";
for (
  const [what, outcomes, expected] of [
    ["a first evaluation", [evaluated(10)], []],
    ["another score of the same class", [evaluated(100), evaluated(80)], []],
    ["a first spec that is invalid", [invalid("no")], ["Warning InvalidSpec: no"]],
    ["a spec that became invalid", [evaluated(90), invalid("no")], ["Warning InvalidSpec: no"]],
    ["a spec that is invalid still", [invalid("no"), invalid("no")], []],
    ["a spec that is invalid in another way", [invalid("no"), invalid("nor that")], [
      "Warning InvalidSpec: nor that",
    ]],
    ["an evaluation that failed", [evaluated(90), failed], [
      "Warning EvaluationFailed: The evaluation failed.",
    ]],
    ["pods that cannot be read", [evaluated(90), unavailable("refused")], [
      "Warning PodsUnavailable: refused",
    ]],
    ["pods that cannot be read for another reason", [unavailable("refused"), unavailable("no answer")], []],
    ["an evaluation that works again", [evaluated(90), failed, evaluated(90)], [AGAIN]],
    ["one that works again and comes to another class", [evaluated(90), invalid("no"), evaluated(79)], [
      AGAIN,
      "Warning ClassificationChanged: From Healthy to Stable: score 79, 21 violations across 1 pods.",
    ]],
    ["a system namespace", [evaluated(100), evaluated(100, "system-namespace")], []],
  ] satisfies readonly (readonly [string, readonly Outcome[], readonly string[]])[]
) {
  Deno.test(`newsOf() tells of ${what}: ${expected.length || "nothing"}`, () => {
    assert.deepEqual(told(...outcomes), expected);
  });
}

Deno.test("newsOf() knows the class of a status of which an older CRD kept the score alone", () => {
  const before = { healthScore: 55 };
  const next = nextStatus(before, evaluated(90), MOMENT);
  assert.deepEqual(newsOf(before, next).map(({ note }) => note.slice(0, 25)), ["From Degraded to Healthy:"]);
});

Deno.test("newsOf() tells no failure again where an older CRD keeps no conditions to know it by", () => {
  const kept = { observedGeneration: 1, healthScore: 55 };
  assert.deepEqual(newsOf(kept, nextStatus(kept, invalid("no"), MOMENT)), []);
});

Deno.test("newsOf() gives a class change the same topic whatever the figures, and each step another", () => {
  const topic = (from: number, to: number) => {
    const before = nextStatus({}, evaluated(from), MOMENT);
    return newsOf(before, nextStatus(before, evaluated(to), MOMENT))[0]?.topic;
  };
  assert.equal(topic(100, 79), topic(90, 60));
  assert.equal(new Set([topic(100, 79), topic(79, 100), topic(100, 50), topic(79, 50)]).size, 4);
});

Deno.test("newsOf() writes what others worded on one line that an API server takes", () => {
  const note = newsOf({}, nextStatus({}, unavailable(`\x1b[2J\n${"€".repeat(5_000)}`), MOMENT))[0]?.note ??
    "";
  assert(note.startsWith("\\u{1b}[2J\\u{a}€"));
  assert(new TextEncoder().encode(note).length <= 1024);
});
