/** The table of checks for people, and how it gets into a text. */

import assert from "node:assert/strict";
import { CHECKS } from "../../lib/policy/checks/mod.ts";
import { checksTable, replaceBetweenMarks } from "../../tools/generate/checks_table.ts";

Deno.test("checksTable() has a row for each check, of equal width", () => {
  const lines = checksTable(CHECKS).split("\n");
  assert.equal(lines.length, CHECKS.length + 2);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  const cells = lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assert.deepEqual(cells[0], [
    "Field of `spec`",
    "Setting",
    "One violation for each",
    "Weight",
    "Id in findings and metrics",
  ]);
  assert.deepEqual(cells.slice(2).map(([field, setting]) => [field, setting]), [
    ["`forbidLatestTag`", "`true`"],
    ["`requireLivenessProbe`", "`true`"],
    ["`requireReadinessProbe`", "`true`"],
    ["`maxRestartCount`", "int32 ≥ 0"],
    ["`forbidPendingDuration`", "int64 ≥ 0"],
  ]);
  const rest = CHECKS.map(({ violation, weight, id }) => [violation, weight, `\`${id}\``]);
  assert.deepEqual(cells.slice(2).map((row) => row.slice(2)), rest);
});

Deno.test("replaceBetweenMarks() puts text between its marks, and changes nothing else", () => {
  const before = "a\n<!-- checks -->\nold\n<!-- /checks -->\nz <!-- other --><!-- /other -->";
  const after = "a\n<!-- checks -->\n\nnew $& $1\n\n<!-- /checks -->\nz <!-- other --><!-- /other -->";
  assert.equal(replaceBetweenMarks(before, "checks", "new $& $1"), after);
  assert.equal(replaceBetweenMarks(after, "checks", "new $& $1"), after);
});

for (
  const text of [
    "none",
    "<!-- checks --> only",
    "only <!-- /checks -->",
    "<!-- /checks --> turned <!-- checks -->",
  ]
) {
  Deno.test(`replaceBetweenMarks() refuses "${text}"`, () =>
    assert.throws(() => replaceBetweenMarks(text, "checks", "new"), {
      message: "The text has no <!-- checks --> … <!-- /checks --> to put the table between.",
    }));
}
