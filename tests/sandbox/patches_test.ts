/** Patches without a server: what each kind makes of an object. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { sameJson } from "../../lib/api/json.ts";
import type { Json, JsonObject } from "../../lib/sandbox/json.ts";
import { applyJsonPatch } from "../../lib/sandbox/patch_json.ts";
import { applyMergePatch, applyStrategicPatch } from "../../lib/sandbox/patch_merge.ts";
import { anyObject, CONDITIONS } from "./values.ts";

Deno.test("applyMergePatch() is done when done once, and an empty patch changes nothing", () => {
  fc.assert(fc.property(anyObject, anyObject, (target, patch) => {
    const once = applyMergePatch(target, patch);
    assert.ok(sameJson(applyMergePatch(once, patch), once));
    assert.ok(sameJson(applyMergePatch(target, {}), target));
  }));
});

Deno.test("applyJsonPatch() leaves what it is given as it was, and does all or nothing", () => {
  const target = Object.freeze({ a: Object.freeze([1, 2]), b: "x" }) as JsonObject;
  const patch = [{ op: "add", path: "/a/-", value: 3 }, { op: "move", from: "/b", path: "/c" }];
  assert.deepEqual(applyJsonPatch(target, patch), { a: [1, 2, 3], c: "x" });
  assert.throws(() => applyJsonPatch(target, [...patch, { op: "test", path: "/c", value: "y" }]), /rejected/);
  assert.deepEqual(target, { a: [1, 2], b: "x" });
});

Deno.test("applyJsonPatch() holds a missing field for null in a test, as a real server does", () => {
  assert.deepEqual(applyJsonPatch({ a: 1 }, [{ op: "test", path: "/b", value: null }]), { a: 1 });
  assert.throws(() => applyJsonPatch({ a: 1 }, [{ op: "test", path: "/b/c", value: null }]), /rejected/);
  assert.throws(() => applyJsonPatch({ a: 1 }, [{ op: "test", path: "/b", value: 1 }]), /rejected/);
});

Deno.test("applyStrategicPatch() merges the items of a list by their key", () => {
  const target = { conditions: [{ type: "A", status: "1" }, { type: "B", status: "2" }] };
  const cases: [object[], object[]][] = [
    [[{ type: "B", status: "3" }], [{ type: "A", status: "1" }, { type: "B", status: "3" }]],
    [[{ type: "C" }], [{ type: "C" }, { type: "A", status: "1" }, { type: "B", status: "2" }]],
    [[{ type: "A", $patch: "delete" }], [{ type: "B", status: "2" }]],
    [[{ $patch: "replace" }, { type: "C" }], [{ type: "C" }]],
  ];
  for (const [conditions, expected] of cases) {
    assert.deepEqual(applyStrategicPatch(target, { conditions } as unknown as Json, CONDITIONS), {
      conditions: expected,
    });
  }
});
