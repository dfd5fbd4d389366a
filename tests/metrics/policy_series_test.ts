/** The series of policies as text: in pieces small enough to write between other work, and of one moment. */

import assert from "node:assert/strict";
import { PolicySeries } from "../../lib/metrics/policy_series.ts";
import { heapUsed } from "../support/heap_used.ts";
import { READING } from "../support/operator_metrics.ts";

/** Series of as many policies. */
function series(policies: number): PolicySeries {
  const all = new PolicySeries(["latest_tag", "pending"]);
  for (let i = 0; i < policies; i++) all.observe({ namespace: `team-${i}`, name: "strict" }, READING);
  return all;
}

Deno.test("PolicySeries writes at most 1,000 series a piece, and each piece ends with a line", () => {
  const pieces = [...series(2_500).pieces()];
  for (const piece of pieces) {
    assert(piece.endsWith("\n"));
    assert(piece.split("\n").length - 1 <= 1_003, `${piece.split("\n").length} lines`);
  }
  const lines = pieces.join("").split("\n").filter((line) => line.startsWith("devopspolicy_"));
  assert.equal(lines.length, 2_500 * 6);
  assert.equal(new Set(lines).size, lines.length);
});

Deno.test("PolicySeries keeps the series of one metric together, as the format demands", () => {
  const names = [...series(3).pieces()].join("").split("\n").filter((line) => line.startsWith("devops"))
    .map((line) => line.slice(0, line.indexOf("{")));
  const runs = names.filter((name, i) => name !== names[i - 1]);
  assert.equal(runs.length, new Set(runs).size);
});

Deno.test("PolicySeries writes what was known when it began, whatever comes and goes meanwhile", () => {
  const all = series(1_500);
  const expected = [...all.pieces()];
  const pieces = all.pieces();
  const written = [pieces.next().value];
  all.forget({ namespace: "team-1400", name: "strict" });
  all.observe({ namespace: "team-3", name: "strict" }, { ...READING, score: 0 });
  all.observe({ namespace: "new", name: "strict" }, READING);
  written.push(...pieces);
  assert.deepEqual(written, expected);
});

Deno.test("PolicySeries takes at most 260 bytes a policy", () => {
  const before = heapUsed();
  const all = series(10_000);
  const each = (heapUsed() - before) / 10_000;
  assert(all.pieces().next().value);
  assert(each <= 260, `${each} bytes`);
});
