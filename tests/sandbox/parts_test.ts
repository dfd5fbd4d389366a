// The parts of the sandbox that decide without a server: patches, sets of fields, selectors, cells, schemas.

import assert from "node:assert/strict";
import fc from "fast-check";
import { definedColumns, toDuration } from "../../lib/sandbox/columns.ts";
import { FieldSet } from "../../lib/sandbox/field_set.ts";
import { compare, fieldsOf, merge } from "../../lib/sandbox/field_compare.ts";
import { equal, type Json, type JsonObject } from "../../lib/sandbox/json.ts";
import type { KubeObject } from "../../lib/sandbox/kube_object.ts";
import { parseLabelSelector } from "../../lib/sandbox/label_selector.ts";
import { applyJsonPatch } from "../../lib/sandbox/patch_json.ts";
import { applyMergePatch, applyStrategicPatch } from "../../lib/sandbox/patch_merge.ts";
import { applyDefaults, prune } from "../../lib/sandbox/pruning.ts";
import { parsePath } from "../../lib/sandbox/router.ts";

const CONDITIONS = {
  type: "object",
  properties: {
    conditions: {
      type: "array",
      items: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
    },
  },
};
const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const anyObject = fc.dictionary(
  fc.constantFrom("a", "b", "__proto__", "constructor"),
  anyJson,
) as fc.Arbitrary<JsonObject>;

Deno.test("applyMergePatch() is done when done once, and an empty patch changes nothing", () => {
  fc.assert(fc.property(anyObject, anyObject, (target, patch) => {
    const once = applyMergePatch(target, patch);
    assert.ok(equal(applyMergePatch(once, patch), once));
    assert.ok(equal(applyMergePatch(target, {}), target));
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

Deno.test("parseLabelSelector() understands what kubectl sends", () => {
  const labels = { app: "web", tier: "2", "example.com/team": "" };
  const object = { metadata: { labels } } as unknown as KubeObject;
  const cases: [string, boolean][] = [
    ["", true],
    ["app=web", true],
    ["app==web,tier", true],
    ["app!=web", false],
    ["other!=web", true],
    ["app in (web, api)", true],
    ["app notin (web)", false],
    ["other notin (web)", true],
    ["other in ()", false],
    ["!other", true],
    ["!app", false],
    ["tier>1,tier<3", true],
    ["app>1", false],
    ["example.com/team=", true],
    ["in=in", false],
  ];
  for (const [selector, expected] of cases) {
    assert.equal(parseLabelSelector(selector).every((test) => test(object)), expected, selector);
  }
});

Deno.test("toDuration() is as coarse as kubectl is", () => {
  const [minute, hour, day] = [60, 3_600, 86_400];
  const cases: [number, string][] = [
    [0, "0s"],
    [119, "119s"],
    [2 * minute, "2m"],
    [9 * minute + 5, "9m5s"],
    [10 * minute + 5, "10m"],
    [3 * hour, "3h"],
    [7 * hour + 59 * minute, "7h59m"],
    [8 * hour + minute, "8h"],
    [47 * hour, "47h"],
    [2 * day, "2d"],
    [7 * day + 23 * hour, "7d23h"],
    [8 * day, "8d"],
    [729 * day, "729d"],
    [730 * day, "2y"],
    [2_000 * day, "5y175d"],
    [-5, "<invalid>"],
  ];
  for (const [seconds, expected] of cases) assert.equal(toDuration(seconds * 1000), expected);
});

Deno.test("columns follow the paths that definitions use, and show nothing for what they do not understand", () => {
  const object = {
    status: { score: 5, list: ["x"], "a.b": "dot", conditions: [{ type: "Ready", status: "True" }] },
  };
  const cases: [string, string, Json][] = [
    [".status.score", "integer", 5],
    [".status.score", "string", "5"],
    [".status.list[0]", "string", "x"],
    [".status.list", "string", '["x"]'],
    [".status.a\\.b", "string", "dot"],
    ['.status.conditions[?(@.type=="Ready")].status', "string", "True"],
    ['.status.conditions[?(@.type=="Nope")].status', "string", null],
    [".status.nope.deeper", "string", null],
    [".status..score", "string", null],
    [".status.constructor", "string", null],
    [".status.score", "date", "<invalid>"],
  ];
  for (const [jsonPath, type, expected] of cases) {
    const column = definedColumns([{ name: "X", type, jsonPath }])[1]!;
    assert.deepEqual(column.cell(object, 0), expected, `${jsonPath} as ${type}`);
  }
});

Deno.test("prune() keeps what a schema knows or lets pass, and names the rest", () => {
  const schema = {
    type: "object",
    properties: {
      known: { type: "string" },
      free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      map: {
        type: "object",
        additionalProperties: { type: "object", properties: { x: { type: "string" } } },
      },
      list: { type: "array", items: { type: "object", properties: {} } },
    },
  };
  const unknown: string[] = [];
  const value = { known: "a", typo: 1, free: { b: 1 }, map: { k: { x: "1", y: 2 } }, list: [{ z: 1 }] };
  const kept = prune(value, schema, (path) => unknown.push(path));
  assert.deepEqual(kept, { known: "a", free: { b: 1 }, map: { k: { x: "1" } }, list: [{}] });
  assert.deepEqual(unknown, ["typo", "map.k.y", "list[0].z"]);
});

Deno.test("applyDefaults() fills in what is missing, also where null is not allowed", () => {
  const schema = {
    type: "object",
    properties: {
      a: { type: "integer", default: 5 },
      b: { type: "object", default: {}, properties: { c: { type: "string", default: "x" } } },
      n: { type: "string", nullable: true, default: "y" },
      p: { type: "string" },
    },
  };
  assert.deepEqual(applyDefaults({}, schema), { a: 5, b: { c: "x" }, n: "y" });
  assert.deepEqual(applyDefaults({ a: null, n: null, p: null }, schema), { a: 5, b: { c: "x" }, n: null });
});

Deno.test("parsePath() tells a namespace's own parts from the objects in it", () => {
  const read = (path: string) => {
    const target = parsePath(path);
    if (target.about === "document") return target.path;
    return [target.group, target.namespace, target.plural, target.name, target.subresource].join("|");
  };
  assert.equal(read("/api/v1/namespaces/a"), "||namespaces|a|");
  assert.equal(read("/api/v1/namespaces/a/status"), "||namespaces|a|status");
  assert.equal(read("/api/v1/namespaces/a/pods"), "|a|pods||");
  assert.equal(read("/api/v1/namespaces/a/pods/b/status"), "|a|pods|b|status");
  assert.equal(read("/apis/x.io/v1/things/b"), "x.io||things|b|");
  assert.equal(read("/apis/x.io/v1"), "/apis/x.io/v1");
  assert.equal(read("/healthz"), "/healthz");
});
