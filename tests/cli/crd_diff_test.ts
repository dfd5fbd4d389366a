/** Differences between our definition and an installed one: only where ours says something. */

import assert from "node:assert/strict";
import { policyCrd } from "../../lib/policy/crd.ts";
import { differences } from "../../lib/policy/crd_diff.ts";

const OURS = { a: 1, b: { c: "x", d: [1, 2] }, e: [{ f: true }], g: null };

for (
  const [what, theirs, expected] of [
    ["the same", OURS, []],
    ["what a server adds", { ...OURS, status: {}, b: { ...OURS.b, added: 1 }, e: [{ f: true, h: 1 }] }, []],
    ["another value", { ...OURS, a: 2 }, ["a"]],
    ["a value of another type", { ...OURS, a: "1" }, ["a"]],
    ["a missing field", { a: 1, e: OURS.e, g: null }, ["b"]],
    ["a field that is null", { ...OURS, b: null }, ["b"]],
    ["a null that is missing", { a: 1, b: OURS.b, e: OURS.e }, ["g"]],
    ["another value within", { ...OURS, b: { c: "y", d: [1, 2] } }, ["b.c"]],
    ["another item", { ...OURS, b: { c: "x", d: [1, 3] } }, ["b.d[1]"]],
    ["an item more", { ...OURS, b: { c: "x", d: [1, 2, 3] } }, ["b.d"]],
    ["items in another order", { ...OURS, b: { c: "x", d: [2, 1] } }, ["b.d[0]", "b.d[1]"]],
    ["another value within an item", { ...OURS, e: [{ f: false }] }, ["e[0].f"]],
    ["no list where ours is one", { ...OURS, e: {} }, ["e"]],
    ["text where ours is an object", { ...OURS, b: "x" }, ["b"]],
    ["nothing at all", undefined, [""]],
  ] as const
) {
  Deno.test(`differences() finds ${expected.join(" and ") || (expected.length ? "the whole" : "none")} in ${what}`, () => {
    assert.deepEqual(differences(OURS, theirs), expected);
  });
}

Deno.test("differences() finds none between our definition and itself as JSON", () => {
  assert.deepEqual(differences(policyCrd(), JSON.parse(JSON.stringify(policyCrd()))), []);
});
