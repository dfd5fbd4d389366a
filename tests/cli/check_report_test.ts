/** The table and the JSON of `check`: aligned, safe on a terminal, and of a shape that programs can count on. */

import assert from "node:assert/strict";
import { checkLines, toReport } from "../../lib/cli/check_report.ts";
import type { Facts } from "../../lib/operator/check/facts.ts";
import type { Answer } from "../../lib/operator/check/judge.ts";

const OK: Answer = { id: "server", asked: "API server reached", answer: "ok", found: "v1" };
const WARNING: Answer = {
  id: "clock",
  asked: "clocks agree",
  answer: "warning",
  found: "3 s",
  next: "Set it.",
};
const NO: Answer = {
  id: "may list pods",
  namespace: "team",
  asked: "may list pods in team",
  answer: "no",
  found: "not allowed",
  next: "Grant it.",
};

Deno.test("checkLines() aligns the columns, and names each next step once", () => {
  assert.deepEqual(checkLines([OK, WARNING, NO, { ...NO, found: "not at all" }], { colour: false }), [
    "ASKED                  ANSWER   FOUND",
    "API server reached     ok       v1",
    "clocks agree           warning  3 s",
    "may list pods in team  no       not allowed",
    "may list pods in team  no       not at all",
    "",
    "Next steps:",
    "- Set it.",
    "- Grant it.",
  ]);
});

Deno.test("checkLines() says nothing of next steps where there are none", () => {
  assert.equal(checkLines([OK], { colour: false }).length, 2);
});

Deno.test("checkLines() colours the answers alone, and moves nothing by it", () => {
  const answers = [OK, WARNING, NO];
  const coloured = checkLines(answers, { colour: true });
  assert.equal(coloured[1], "API server reached     \x1b[32mok\x1b[0m       v1");
  assert.equal(coloured[2], "clocks agree           \x1b[33mwarning\x1b[0m  3 s");
  assert.equal(coloured[3], "may list pods in team  \x1b[31mno\x1b[0m       not allowed");
  // deno-lint-ignore no-control-regex -- colours are made of it
  const plain = coloured.map((line) => line.replaceAll(/\x1b\[\d+m/g, ""));
  assert.deepEqual(plain, checkLines(answers, { colour: false }));
});

Deno.test("checkLines() lets nothing that a server says clear the screen, or break a line", () => {
  const hostile = { ...NO, found: "\x1b[2J\nok", next: "a\r\nb\x07" };
  const text = checkLines([hostile], { colour: false });
  assert.equal(text.length, 5);
  assert.match(text[1]!, /no {7}\\u\{1b\}\[2J\\u\{a\}ok$/);
  assert.equal(text[4], "- a\\u{d}\\u{a}b\\u{7}");
});

const FACTS = { server: "https://s", origin: 'context "c"', version: "v1.34.4", user: "jane" } as Facts;

Deno.test("toReport() has the shape that the README describes", () => {
  assert.equal(
    JSON.stringify(toReport(FACTS, [OK, NO])),
    '{"server":"https://s","origin":"context \\"c\\"","version":"v1.34.4","user":"jane","answer":"no","answers":[' +
      '{"id":"server","asked":"API server reached","answer":"ok","found":"v1"},' +
      '{"id":"may list pods","namespace":"team","asked":"may list pods in team","answer":"no",' +
      '"found":"not allowed","next":"Grant it."}]}',
  );
  const { version, user } = toReport({ ...FACTS, version: undefined, user: undefined }, []);
  assert.deepEqual({ version, user }, { version: null, user: null });
});

for (
  const [answers, worst] of [[[OK], "ok"], [[OK, WARNING], "warning"], [[WARNING, NO, OK], "no"]] as const
) {
  Deno.test(`toReport() gives ${worst} for the worst of ${answers.map(({ answer }) => answer).join(", ")}`, () => {
    assert.equal(toReport(FACTS, answers).answer, worst);
  });
}
