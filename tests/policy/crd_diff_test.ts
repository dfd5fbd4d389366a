/** Differences between definitions: only what ours sets counts, and each is named by its path. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { policyCrd } from "../../lib/policy/crd.ts";
import { differences } from "../../lib/policy/crd_diff.ts";

for (
  const [why, ours, theirs, paths] of [
    ["nothing", { a: 1 }, { a: 1 }, []],
    ["what a server added", { a: { b: 1 } }, { a: { b: 1, c: 2 }, status: {} }, []],
    ["another value", { a: { b: 1 } }, { a: { b: 2 } }, ["a.b"]],
    ["a missing value", { a: { b: 1 } }, { a: {} }, ["a.b"]],
    ["a missing object", { a: { b: 1, c: 2 } }, {}, ["a"]],
    ["null in the place of an object", { a: { b: 1 } }, { a: null }, ["a"]],
    ["another item", { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ["a[1].b"]],
    ["a longer list", { a: [1] }, { a: [1, 2] }, ["a"]],
    ["a shorter list", { a: [1, 2] }, { a: [1] }, ["a"]],
    ["an object in the place of a list", { a: [1] }, { a: { 0: 1, length: 1 } }, ["a"]],
    ["text in the place of a number", { a: 1 }, { a: "1" }, ["a"]],
    ["false in the place of nothing", { a: undefined }, { a: false }, ["a"]],
    ["several things", { a: 1, b: { c: [1] }, d: 4 }, { a: 2, b: { c: [2] }, d: 4 }, ["a", "b.c[0]"]],
  ] as const
) {
  Deno.test(`differences() names ${paths.join(" and ") || "nothing"} for ${why}`, () => {
    assert.deepEqual(differences(ours, theirs), paths);
  });
}

Deno.test("differences() finds none between the definition and itself, or what a server makes of it", () => {
  const ours = policyCrd();
  assert.deepEqual(differences(ours, policyCrd()), []);
  const { spec, metadata } = policyCrd();
  const stored = {
    ...ours,
    metadata: { ...metadata, uid: "u" },
    spec: { ...spec, conversion: {} },
    status: {},
  };
  assert.deepEqual(differences(ours, stored), []);
});

Deno.test("differences() names an older definition's short name", () => {
  const older = policyCrd();
  older.spec.names.shortNames = ["old"] as never;
  assert.deepEqual(differences(policyCrd(), older), ["spec.names.shortNames[0]"]);
});

Deno.test("differences() is total, and finds none between a value and its copy", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.anything(), (ours, theirs) => {
    assert.deepEqual(differences(ours, structuredClone(ours)), []);
    differences(ours, theirs);
  }));
});
