/** The index of the design decisions: each once, in order, under a number of its own. */

import assert from "node:assert/strict";
import { decisionsIndex } from "../../tools/generate/decisions.ts";

const decision = (name: string, title = "Why") => ({ name, text: `# ${title}\n\nBecause.\n\n# No title\n` });

Deno.test("decisionsIndex() has a row for each decision, in the order of their numbers", () => {
  const page = decisionsIndex([
    decision("0010-b.md", "Of `b`"),
    decision("0009-a.md"),
    decision("0100-c.md"),
  ]);
  assert.deepEqual(
    page.split("\n").filter((line) => line.startsWith("| [")).map((line) => line.split(/ +\| */)),
    [
      ["| [0009](0009-a.md)", "Why", ""],
      ["| [0010](0010-b.md)", "Of `b`", ""],
      ["| [0100](0100-c.md)", "Why", ""],
    ],
  );
});

Deno.test("decisionsIndex() refuses two decisions of one number, and says which is free", () =>
  assert.throws(() => decisionsIndex([decision("0007-b.md"), decision("0012-c.md"), decision("0007-a.md")]), {
    message: "0007-a.md and 0007-b.md have the same number. 0013 is free.",
  }));

for (
  const [what, odd] of [
    ["number", decision("why.md")],
    ["number of four digits", decision("12-why.md")],
    ["title", { name: "0001-why.md", text: "Because.\n" }],
  ] as const
) {
  Deno.test(`decisionsIndex() refuses a file without a ${what}`, () =>
    assert.throws(() => decisionsIndex([decision("0002-a.md"), odd]), {
      message: `${odd.name} is no decision: its name is not like 0001-why.md, or it has no title.`,
    }));
}
