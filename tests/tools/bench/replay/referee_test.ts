/** The referee: who is wrong at which moment, and how much was written. */

import assert from "node:assert/strict";
import { scoreOf } from "../../../../tools/bench/plan.ts";
import { mostWithin, Referee } from "../../../../tools/bench/replay/referee.ts";
import { replayed, SIZE } from "./replayed.ts";

Deno.test("the referee knows who is wrong at any moment, and what was written", async () => {
  const { pods, policies, namespaces } = replayed();
  const referee = new Referee(pods, policies, namespaces);
  const tell = (namespace: string) => {
    const totals = pods.totalsOf(namespace);
    const score = scoreOf(totals);
    policies.patchStatus(namespace, {
      status: {
        observedGeneration: 1,
        healthy: score >= 80,
        healthScore: score,
        violations: totals.violations,
        lastEvaluated: "2026-02-22T10:00:00Z",
        message: `${totals.violations} violations across ${totals.pods} pods — whatever`,
      },
    });
  };
  assert.equal(referee.verdict.wrong, SIZE.namespaces);
  const truth = referee.truth(60_000);
  namespaces.forEach(tell);
  await truth;
  assert.equal(referee.verdict.wrong, 0);
  assert.equal(referee.verdict.example, undefined);
  assert.equal(referee.verdict.statusWrites, SIZE.namespaces);
  assert.equal(referee.verdict.closestWritesMs, undefined);

  referee.forgetWrites();
  pods.toggle(0);
  assert.equal(referee.verdict.wrong, 1);
  assert.match(referee.verdict.example!, /^team-00000: expected /);
  tell(namespaces[0]!);
  tell(namespaces[0]!);
  const { wrong, statusWrites, closestWritesMs, mostWritesASecond } = referee.verdict;
  assert.deepEqual({ wrong, statusWrites, mostWritesASecond }, {
    wrong: 0,
    statusWrites: 2,
    mostWritesASecond: 2,
  });
  assert.ok(closestWritesMs! < 1_000);
});

for (
  const { times, expected } of [
    { times: [], expected: 0 },
    { times: [5], expected: 1 },
    { times: [0, 100, 200, 1_000, 1_050], expected: 4 },
    { times: [0, 1_000, 2_000], expected: 1 },
  ]
) {
  Deno.test(`of the times ${times.join(", ") || "–"}, ${expected} lie within a second`, () => {
    assert.equal(mostWithin(times, 1_000), expected);
  });
}
