/** The parts of the sandbox that decide without a server: selectors, cells, schemas, paths. */

import assert from "node:assert/strict";
import { definedColumns, toDuration } from "../../lib/sandbox/columns.ts";
import type { Json } from "../../lib/sandbox/json.ts";
import type { KubeObject } from "../../lib/sandbox/kube_object.ts";
import { parseLabelSelector } from "../../lib/sandbox/label_selector.ts";
import { applyDefaults, prune } from "../../lib/sandbox/pruning.ts";
import { parsePath } from "../../lib/sandbox/router.ts";

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
