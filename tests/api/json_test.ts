/** When two values are the same JSON. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { sameJson } from "../../lib/api/json.ts";

for (
  const [a, b] of [
    [{ a: 1, b: [2, { c: null }] }, { b: [2, { c: null }], a: 1 }],
    [[], []],
    [undefined, undefined],
    [JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ]
) {
  Deno.test(`sameJson() finds ${JSON.stringify(a)} and ${JSON.stringify(b)} the same`, () =>
    assert(sameJson(a, b)));
}

for (
  const [what, a, b] of [
    ["two numbers", 1, 2],
    ["a number and its text", 1, "1"],
    ["null and an object", null, {}],
    ["nothing and null", undefined, null],
    ["a field and none", {}, { a: 1 }],
    ["a field that is undefined and none", { a: undefined }, {}],
    ["fields of other names", { a: undefined }, { b: undefined }],
    ["values deep within", { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
    ["an item and none", [1], [1, 2]],
    ["items in another order", [1, 2], [2, 1]],
    ["a list and an object", [1], { 0: 1 }],
    ["a field and the same one inherited", { toString: Object.prototype.toString }, { a: 1 }],
    ["an own __proto__ and another", JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 2}')],
  ] as const
) {
  Deno.test(`sameJson() tells ${what} apart`, () => {
    assert(!sameJson(a, b));
    assert(!sameJson(b, a));
  });
}

Deno.test("sameJson() finds a value and its copy the same, and of any two says what their texts say", () =>
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    assert(sameJson(a, JSON.parse(JSON.stringify(a))));
    assert.equal(sameJson([a], [b]), sorted(a) === sorted(b));
  })));

/** As text, with keys in their order. */
function sorted(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
