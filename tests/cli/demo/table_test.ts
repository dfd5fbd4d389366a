/** The demo's table and screen: aligned, cut to the terminal, and drawn over itself. */

import assert from "node:assert/strict";
import { Screen } from "../../../lib/cli/demo/screen.ts";
import { type Row, scoreBar, tableLines } from "../../../lib/cli/demo/table.ts";

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

Deno.test("tableLines() never writes beyond the terminal's width", () => {
  for (const columns of [10, 40, 80]) {
    for (const line of tableLines(ROWS, 8_000, { colour: false, columns })) assert.ok(line.length <= columns);
  }
});

Deno.test("a screen goes up by what it drew last, and shows the cursor again at its end", () => {
  const printed: string[] = [];
  {
    using screen = new Screen({ print: (text) => printed.push(text), columns: () => 80 });
    screen.draw(["a", "b"]);
    screen.draw(["c"]);
    screen.draw(["d"]);
  }
  assert.deepEqual(printed, ["\u001b[?25la\nb", "\u001b[2A\u001b[Jc", "\u001b[1A\u001b[Jd", "\u001b[?25h"]);
});
