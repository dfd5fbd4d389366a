// What nobody should send to the sandbox, and that nothing comes of it.

import assert from "node:assert/strict";
import { type Any, pod, PODS, POLICIES, policy, startTest } from "./sandbox.ts";

const JSON_PATCH = { "content-type": "application/json-patch+json" };

Deno.test("without the token there is nothing but a 401", async () => {
  await using test = await startTest();
  for (const authorization of ["", "Bearer", "Bearer secre", "Bearer secrets", "Basic secret", "secret"]) {
    const answer = await test.call("/version", { headers: { authorization } }, 401);
    assert.equal(answer.message, "Unauthorized");
  }
});

Deno.test("a body of more than 3 MiB is a 413, and one nested too deep a 400", async () => {
  await using test = await startTest();
  await test.call(PODS, { method: "POST", body: " ".repeat(3 * 1024 * 1024 + 1) }, 413);
  for (const depth of [201, 100_000]) {
    await test.call(PODS, { method: "POST", body: `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}` }, 400);
    await test.call(PODS, { method: "POST", body: `${"[".repeat(depth)}${"]".repeat(depth)}` }, 400);
  }
});

Deno.test("what is no JSON, or no object, is a 400", async () => {
  await using test = await startTest();
  for (const body of ["", "{", "[]", "null", '"x"', "1", "{]", "a: [", "\0"]) {
    await test.call(PODS, { method: "POST", body }, 400);
  }
});

Deno.test("JSON patches reach nothing but the object", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("a", { labels: { x: "y" } }));
  for (
    const path of [
      "/__proto__/polluted",
      "/metadata/__proto__/polluted",
      "/metadata/constructor/prototype/polluted",
      "/metadata/labels/toString/polluted",
      "/metadata/labels/hasOwnProperty/call",
      "/metadata/name/length",
      "/spec/containers/length",
      "/spec/containers/01",
      "metadata",
      "",
    ]
  ) {
    for (const op of ["add", "replace", "remove", "test"]) {
      const answer = await test.send(`${PODS}/a`, {
        method: "PATCH",
        headers: JSON_PATCH,
        body: [{ op, path, value: "x" }],
      });
      assert.ok(answer.status === 422 || answer.status === 400, `${op} ${path}: ${answer.status}`);
      await answer.body?.cancel();
    }
  }
  assert.equal(({} as Any).polluted, undefined);
  assert.equal((Object.prototype.toString as Any).polluted, undefined);
  assert.equal(typeof Object.prototype.hasOwnProperty.call, "function");
});

Deno.test("copies that double an object again and again are refused before they fill the memory", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("a", { annotations: { x: "y".repeat(1000) } }));
  const body = Array.from(
    { length: 40 },
    (_, i) => ({ op: "copy", from: "/metadata", path: `/metadata/k${i}` }),
  );
  await test.call(`${PODS}/a`, { method: "PATCH", headers: JSON_PATCH, body }, 422);
  const many = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/kind", value: "Pod" }));
  await test.call(`${PODS}/a`, { method: "PATCH", headers: JSON_PATCH, body: many }, 413);
});

Deno.test("patches cannot nest an object deeper and deeper", async () => {
  await using test = await startTest();
  await test.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", FREE_FORM);
  const path = "/apis/x.io/v1/things";
  await test.create(path, { apiVersion: "x.io/v1", kind: "Thing", metadata: { name: "a" }, spec: { a: 1 } });
  const nested = JSON.parse(`${'{"a":'.repeat(60)}1${"}".repeat(60)}`);
  for (const [turn, code] of [200, 200, 200, 400].entries()) {
    const body = [{ op: "replace", path: `/spec/a${"/a".repeat(60 * turn)}`, value: nested }];
    await test.call(`${path}/a`, { method: "PATCH", headers: JSON_PATCH, body }, code);
  }
});

Deno.test("keys that JavaScript knows are keys like any other", async () => {
  await using test = await startTest({ crd: true });
  const labels = { constructor: "a", toString: "b", hasOwnProperty: "c" };
  const created = await test.create(PODS, pod("constructor", { labels }));
  assert.deepEqual(created.metadata.labels, labels);
  const found = await test.call(`${PODS}?labelSelector=constructor=a,!valueOf`);
  assert.equal(found.items.length, 1);
  await test.call("/api/v1/namespaces/constructor/pods/toString", {}, 404);
  assert.equal((await test.send("/apis/constructor/v1/toString")).status, 404);
  await test.call(POLICIES, {
    method: "POST",
    body: policy("x", JSON.parse('{"__proto__":{"forbidLatestTag":true}}')),
  }, 201);
  assert.deepEqual((await test.call(`${POLICIES}/x`)).spec, {});
});

Deno.test("paths and selectors that make no sense are refused in words", async () => {
  await using test = await startTest();
  for (
    const path of [
      "/%zz",
      "/api/v1/%00",
      "/apis//v1/pods",
      "/api/v1/namespaces//pods",
      "/api/v1/namespaces/a/b/c/d",
    ]
  ) {
    const answer = await test.send(path);
    assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
    await answer.body?.cancel();
  }
  for (
    const query of [
      "labelSelector=a%00b",
      "labelSelector=((",
      "fieldSelector=%3D",
      "limit=1e9",
      "resourceVersion=-1",
    ]
  ) {
    await test.call(`${PODS}?${query}`, {}, 400);
  }
});

Deno.test("warnings hold nothing that a header may not", async () => {
  await using test = await startTest({ crd: true });
  const answer = await test.send(POLICIES, {
    method: "POST",
    body: policy("x", { "a\r\nb: ü\u{1f600}": 1 }),
  });
  assert.equal(answer.status, 201);
  assert.match(answer.headers.get("warning")!, /^299 - "unknown field [\x20-\x7e]*"$/);
  await answer.body?.cancel();
});

/** Of anything at all. */
const FREE_FORM = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "things.x.io" },
  spec: {
    group: "x.io",
    scope: "Cluster",
    names: { plural: "things", kind: "Thing" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    }],
  },
};
