/** The demo drawn live: its scenes marked, its notes whole, and a table that fits the window. */

import assert from "node:assert/strict";
import type { ReadPolicy } from "../../../lib/cli/demo/admin.ts";
import { liveStage } from "../../../lib/cli/demo/live_stage.ts";
import type { TerminalSize } from "../../../lib/cli/demo/screen.ts";

/** A stage on a terminal of this size, and what was drawn last. */
function startStage({ columns, rows }: TerminalSize) {
  let last = "";
  const print = (text: string) => last = text;
  const stage = liveStage({ print, size: () => ({ columns, rows }) });
  return {
    stage,
    drawn: () => last,
    // deno-lint-ignore no-control-regex -- what moves the cursor or colours is no text
    lines: () => last.replaceAll(/\u001b\[[?\d]*[a-zA-Z]/g, "").split("\n"),
  };
}

const policies = (count: number): ReadPolicy[] =>
  Array.from({ length: count }, (_, i) => ({
    namespace: `team-${i}`,
    name: "p",
    status: { healthScore: 100 - i, classification: "Healthy", violations: i, pods: 1 },
  }));

Deno.test("scenes are marked: done, missed or under way", () => {
  const { stage, lines } = startStage({ columns: 80, rows: 24 });
  stage.scene("one");
  stage.cameTrue(12);
  stage.scene("two");
  stage.missed("After two it rained.");
  stage.scene("three");
  assert.deepEqual(lines().slice(1, 4), ["✓ one (12 ms)", "✗ two", "▶ three"]);
});

Deno.test("the table shows as many policies as the window has room for, the worst of many first", () => {
  for (const [rows, shown, rest] of [[12, 6, 34], [40, 15, 25]] as const) {
    const { stage, lines } = startStage({ columns: 120, rows });
    stage.scene("one");
    stage.policies(policies(40));
    const table = lines();
    assert.ok(table.length < rows);
    assert.equal(table.filter((line) => line.startsWith("team-")).length, shown);
    assert.match(table[4]!, /^team-39\/p /);
    assert.equal(table.at(-1), `… and ${rest} more`);
  }
});

Deno.test("what the story is about is shown, however many policies are worse", () => {
  const { stage, lines } = startStage({ columns: 120, rows: 24 });
  const [shop] = policies(1).map((policy) => ({ ...policy, namespace: "shop" }));
  stage.policies([...policies(40), shop!]);
  assert.deepEqual(lines().slice(3, 5).map((line) => line.split("/")[0]), ["shop", "team-39"]);
});

Deno.test("no line is wider than the window, however narrow it is", () => {
  const { stage, lines } = startStage({ columns: 20, rows: 24 });
  stage.scene("a scene with a long title");
  stage.policies(policies(2));
  assert.equal(lines()[1], "▶ a scene with a lo…");
  assert.ok(lines().every((line) => line.length <= 20));
});

Deno.test("classes are coloured", () => {
  const { stage, drawn } = startStage({ columns: 80, rows: 24 });
  stage.policies(policies(1));
  assert.ok(drawn().includes("\u001b[32mHealthy"));
});
