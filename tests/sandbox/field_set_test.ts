/** Sets of fields: who owns what of an object, and what applying a configuration makes of that. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { compare, fieldsOf, merge } from "../../lib/sandbox/field_compare.ts";
import { FieldSet } from "../../lib/sandbox/field_set.ts";
import { anyObject, CONDITIONS } from "./values.ts";

Deno.test("a set of fields is the same after being written and read", () => {
  fc.assert(fc.property(anyObject, (value) => {
    const set = fieldsOf(value, undefined, true);
    assert.deepEqual(FieldSet.parse(set.toJson()).toJson(), set.toJson());
  }));
});

Deno.test("sets of fields add and take away as sets do", () => {
  fc.assert(fc.property(anyObject, anyObject, (a, b) => {
    const [left, right] = [fieldsOf(a, undefined, true), fieldsOf(b, undefined, true)];
    const paths = (set: FieldSet) => [...set.paths()].sort();
    assert.deepEqual(paths(left.minus(right).union(left.and(right))), paths(left));
    assert.deepEqual(paths(left.union(right)), paths(right.union(left)));
    assert.ok(left.minus(left).isEmpty);
  }));
});

Deno.test("merge() makes an object have all that a configuration wants, and compare() finds nothing left to do", () => {
  fc.assert(fc.property(anyObject, anyObject, (live, config) => {
    const merged = merge(live, config, undefined);
    assert.ok(compare(merged, merge(merged, config, undefined), undefined).changed.isEmpty);
  }));
});

Deno.test("items of a list map are owned one by one, and named by their key", () => {
  const set = fieldsOf({ conditions: [{ type: "Ready", status: "True" }] }, CONDITIONS, false);
  assert.deepEqual(set.toJson(), {
    "f:conditions": { 'k:{"type":"Ready"}': { ".": {}, "f:status": {}, "f:type": {} } },
  });
  assert.ok(set.paths().includes('.conditions[type="Ready"].status'));
});
