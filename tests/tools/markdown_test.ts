/** Tables for people, and how they get into a text. */

import assert from "node:assert/strict";
import { markdownTable, replaceBetweenMarks } from "../../tools/generate/markdown.ts";

Deno.test("markdownTable() makes columns as wide as their widest cell", () => {
  const lines = markdownTable(["Verb", "To"], [["`list`", "read"], ["`get`", ""]]).split("\n");
  assert.deepEqual(lines, [
    "| Verb   | To   |",
    "| ------ | ---- |",
    "| `list` | read |",
    "| `get`  |      |",
  ]);
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
