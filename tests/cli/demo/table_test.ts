/** The demo's table: aligned, coloured with care, and never wider than the terminal. */

import assert from "node:assert/strict";
import { cut, type Row, scoreBar, tableLines } from "../../../lib/cli/demo/table.ts";

const ROWS: readonly Row[] = [
  {
    policy: "production/default-policy",
    status: {
      healthScore: 65,
      classification: "Stable",
      violations: 3,
      pods: 4,
      findings: [{
        pod: "web",
        container: "app",
        check: "latest_tag",
        detail: "image \u001b[2Jx resolves to latest",
      }],
    },
    changedAt: 5_000,
  },
  { policy: "staging/strict", status: undefined, changedAt: undefined },
];

for (
  const [score, bar] of [
    [0, "░░░░░░░░░░░░░░░░░░░░ 0"],
    [67, "█████████████░░░░░░░ 67"],
    [100, "████████████████████ 100"],
    [undefined, "····················"],
  ] as const
) {
  Deno.test(`scoreBar() draws ${score} as ${bar}`, () => assert.equal(scoreBar(score), bar));
}

Deno.test("tableLines() aligns its columns and shows the worst finding, escaped", () => {
  const [header, first, second] = tableLines(ROWS, 8_000, { colour: false, columns: 200 });
  const at = header!.indexOf("CLASS");
  assert.equal(first!.slice(at, at + 6), "Stable");
  assert.equal(second!.slice(at, at + 1), "–");
  assert.match(first!, / 3s ago {2,}web\/app: image \\u\{1b\}\[2Jx resolves to latest$/);
});

Deno.test("tableLines() colours the class and nothing else, and only when asked to", () => {
  const plain = tableLines(ROWS, 8_000, { colour: false, columns: 200 });
  const coloured = tableLines(ROWS, 8_000, { colour: true, columns: 200 });
  assert.equal(plain.join("").includes("\u001b"), false);
  assert.ok(coloured[1]!.includes("\u001b[36mStable\u001b[0m"));
  assert.equal(coloured[1]!.replace("\u001b[36m", "").replace("\u001b[0m", ""), plain[1]);
});

Deno.test("tableLines() gives findings lines of their own, and a shorter bar, where there is no room beside", () => {
  const lines = tableLines(ROWS, 8_000, { colour: true, columns: 80 });
  assert.equal(lines.length, 4);
  assert.match(lines[0]!, /^POLICY +SCORE +CLASS +VIOLATIONS +PODS +CHANGED$/);
  const [escape, reset] = ["\u001b[36m", "\u001b[0m"];
  const row = lines[1]!.replace(`${escape}Stable${reset}`, "<Stable>");
  assert.match(row, /^production\/default-policy {2}███████░░░ 65 {2}<Stable> +3 +4 +3s ago$/);
  assert.equal(lines[2], "  web/app: image \\u{1b}[2Jx resolves to latest");
  assert.match(lines[3]!, /^staging\/strict/);
});

Deno.test("tableLines() never writes beyond the terminal's width, and shows where it had to cut", () => {
  for (const columns of [10, 40, 80]) {
    for (const line of tableLines(ROWS, 8_000, { colour: false, columns })) assert.ok(line.length <= columns);
  }
  assert.equal(cut("abcdef", 6), "abcdef");
  assert.equal(cut("abcdef", 5), "abcd…");
});
