// Lists of the sandbox: pages that belong together, and versions of the past.

import assert from "node:assert/strict";
import { type Any, pod, PODS, startTest } from "./sandbox.ts";

function names({ items }: Any): string[] {
  return items.map((item: Any) => item.metadata.name);
}

Deno.test("the pages of a list show one moment, whatever happens between them", async () => {
  await using test = await startTest();
  for (const name of ["a", "b", "d"]) await test.create(PODS, pod(name));
  const first = await test.call(`${PODS}?limit=1`);
  assert.deepEqual(names(first), ["a"]);
  assert.equal(first.metadata.remainingItemCount, 2);
  await test.create(PODS, pod("c"));
  await test.call(`${PODS}/b`, { method: "DELETE" });
  const rest = await test.call(`${PODS}?limit=5&continue=${first.metadata.continue}`);
  assert.deepEqual(names(rest), ["b", "d"]);
  assert.equal(rest.metadata.resourceVersion, first.metadata.resourceVersion);
  assert.equal(rest.metadata.continue, undefined);
});

Deno.test("a page whose moment is forgotten is a 410 that says how to go on without it", async () => {
  await using test = await startTest();
  for (const name of ["a", "b", "c"]) await test.create(PODS, pod(name));
  const first = await test.call(`${PODS}?limit=1`);
  await test.create(PODS, pod("d"));
  test.sandbox.compact();
  const gone = await test.call(`${PODS}?limit=1&continue=${first.metadata.continue}`, {}, 410);
  assert.equal(gone.reason, "Expired");
  const rest = await test.call(`${PODS}?continue=${gone.metadata.continue}`);
  assert.deepEqual(names(rest), ["b", "c", "d"]);
});

Deno.test("a list is given exactly as of a version that is remembered", async () => {
  await using test = await startTest();
  const { metadata } = await test.create(PODS, pod("a"));
  await test.create(PODS, pod("b"));
  await test.call(`${PODS}/a`, { method: "DELETE" });
  const exact = `${PODS}?resourceVersionMatch=Exact&resourceVersion=${metadata.resourceVersion}`;
  assert.deepEqual(names(await test.call(exact)), ["a"]);
  assert.deepEqual(names(await test.call(PODS)), ["b"]);
  test.sandbox.compact();
  await test.call(exact, {}, 410);
});

Deno.test("objects come in the order of namespace, then name", async () => {
  await using test = await startTest();
  await test.create("/api/v1/namespaces", { metadata: { name: "a" } });
  await test.create("/api/v1/namespaces", { metadata: { name: "a-b" } });
  for (const [namespace, name] of [["a-b", "x"], ["a", "z"], ["a", "b"]]) {
    await test.create(`/api/v1/namespaces/${namespace}/pods`, pod(name!));
  }
  const keys = (list: Any) => list.items.map(({ metadata }: Any) => `${metadata.namespace}/${metadata.name}`);
  const whole = keys(await test.call("/api/v1/pods"));
  assert.deepEqual(whole, ["a/b", "a/z", "a-b/x"]);
  const first = await test.call("/api/v1/pods?limit=2");
  assert.deepEqual([
    ...keys(first),
    ...keys(await test.call(`/api/v1/pods?continue=${first.metadata.continue}`)),
  ], whole);
});

Deno.test("a continue token that nobody gave is a 400", async () => {
  await using test = await startTest();
  for (const token of ["garbage", "e30", btoa('{"rv":-1}'), btoa("null")]) {
    await test.call(`${PODS}?continue=${token}`, {}, 400);
  }
});
