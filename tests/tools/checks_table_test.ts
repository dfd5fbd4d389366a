/** The table of checks for people. */

import assert from "node:assert/strict";
import { CHECKS } from "../../lib/policy/checks/mod.ts";
import { checksTable } from "../../tools/generate/checks_table.ts";

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
