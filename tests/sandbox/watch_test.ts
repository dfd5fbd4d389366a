// Watches of the sandbox: what they replay, when they end, and what they say of a past that is forgotten.

import assert from "node:assert/strict";
import fc from "fast-check";
import { pod, PODS, startTest, type TestSandbox, told } from "./sandbox.ts";

const INITIAL = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

Deno.test("a watch with initial events gives what there is, a bookmark, and then what happens", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("old"));
  await using watch = await test.watch(`${PODS}?${INITIAL}`);
  const events = await watch.events();
  assert.deepEqual(told(events), ["ADDED old", "BOOKMARK"]);
  assert.deepEqual(events[1]?.object.metadata.annotations, { "k8s.io/initial-events-end": "true" });
  await test.create(PODS, pod("new"));
  await test.call(`${PODS}/old`, { method: "DELETE" });
  assert.deepEqual(told(await watch.events()), ["ADDED new", "MODIFIED old", "DELETED old"]);
});

Deno.test("a watch that nothing happens to gets a bookmark every minute, if it wants them", async () => {
  await using test = await startTest();
  await using plain = await test.watch(`${PODS}?watch=1&resourceVersion=1`);
  await using marked = await test.watch(`${PODS}?watch=1&resourceVersion=1&allowWatchBookmarks=true`);
  await test.clock.advance(60_000);
  assert.deepEqual(told(await marked.events()), ["BOOKMARK"]);
  await test.clock.advance(120_000);
  assert.ok((await marked.events()).length > 0);
  assert.deepEqual(await plain.events(), []);
});

Deno.test("a watch that is shown as a table tells ages as of now, not as of its beginning", async () => {
  await using test = await startTest();
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  await using watch = await test.watch(`${PODS}?watch=1`, { accept });
  await test.clock.advance(10_000);
  await test.create(PODS, pod("a"));
  const [created] = await watch.events();
  assert.deepEqual(created?.object.rows[0].cells.slice(0, 5), ["a", "0/1", "Pending", "0", "0s"]);
});

Deno.test("a watch ends cleanly when its time is up", async () => {
  await using test = await startTest();
  await using watch = await test.watch(`${PODS}?watch=1&timeoutSeconds=5`);
  await test.clock.advance(4_999);
  await watch.events();
  assert.equal(watch.isOver, false);
  await test.clock.advance(1);
  assert.deepEqual(await watch.events(), []);
  assert.equal(watch.isOver, true);
});

Deno.test("a watch from a version that is forgotten is refused within the stream; from a later one it goes on", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("a"));
  test.sandbox.compact();
  await using late = await test.watch(`${PODS}?watch=1&resourceVersion=1`);
  const [event] = await late.events();
  assert.equal(event?.type, "ERROR");
  assert.equal(event.object.code, 410);
  assert.equal(event.object.reason, "Expired");
  assert.equal(late.isOver, true);
  const { metadata } = await test.call(PODS);
  await using current = await test.watch(`${PODS}?watch=1&resourceVersion=${metadata.resourceVersion}`);
  await test.create(PODS, pod("b"));
  assert.deepEqual(told(await current.events()), ["ADDED b"]);
});

Deno.test("a watch that has read all there was is not hurt when the past is forgotten", async () => {
  await using test = await startTest();
  await using watch = await test.watch(`${PODS}?watch=1`);
  await test.create(PODS, pod("a"));
  assert.deepEqual(told(await watch.events()), ["ADDED a"]);
  test.sandbox.compact();
  await test.create(PODS, pod("b"));
  assert.deepEqual(told(await watch.events()), ["ADDED b"]);
});

Deno.test("an object that begins or ceases to be selected comes or goes", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("a", { labels: { team: "blue" } }));
  await using watch = await test.watch(`${PODS}?watch=1&labelSelector=team=blue`);
  await test.call(`${PODS}/a`, { method: "PATCH", body: { metadata: { labels: { team: "green" } } } });
  await test.call(`${PODS}/a`, { method: "PATCH", body: { metadata: { labels: { team: "blue" } } } });
  const events = await watch.events();
  assert.deepEqual(told(events), ["ADDED a", "DELETED a", "ADDED a"]);
  assert.deepEqual(
    events[1]?.object.metadata.labels,
    { team: "blue" },
    "as it was when it was last selected",
  );
});

Deno.test("a watch ends when its resource does", async () => {
  await using test = await startTest({ crd: true });
  await using watch = await test.watch("/apis/devops.stochastic.io/v1/devopspolicies?watch=1");
  const crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/devopspolicies.devops.stochastic.io";
  await test.call(crd, { method: "DELETE" });
  await watch.events();
  assert.equal(watch.isOver, true);
  await test.call(crd, {}, 404);
});

Deno.test("whatever happens, a watch from any version ends up with what a list shows, in rising versions", async () => {
  const step = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    verb: fc.constantFrom("create", "change", "delete"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.nat(20), async (steps, from) => {
      await using test = await startTest();
      const state = new Map<string, string>();
      let start = (await test.call(PODS)).metadata.resourceVersion;
      for (const [index, { name, verb }] of steps.entries()) {
        if (index === from) start = await snapshot(test, state);
        if (verb === "create") {
          await (await test.send(PODS, { method: "POST", body: pod(name) })).body?.cancel();
        }
        if (verb === "delete") {
          await (await test.send(`${PODS}/${name}`, { method: "DELETE" })).body?.cancel();
        }
        const body = { metadata: { labels: { step: `${index}` } } };
        if (verb === "change") {
          await (await test.send(`${PODS}/${name}`, { method: "PATCH", body })).body?.cancel();
        }
      }
      await using watch = await test.watch(`${PODS}?watch=1&resourceVersion=${start}`);
      let last = Number(start);
      for (const { type, object: { metadata } } of await watch.events()) {
        assert.ok(Number(metadata.resourceVersion) > last, "versions rise");
        last = Number(metadata.resourceVersion);
        if (type === "DELETED") state.delete(metadata.name);
        else state.set(metadata.name, metadata.resourceVersion);
      }
      const replayed = [...state].sort();
      await snapshot(test, state);
      assert.deepEqual(replayed, [...state].sort());
    }),
    { numRuns: 40 },
  );
});

/** Makes `state` what a list shows, and says as of which version. */
async function snapshot(test: TestSandbox, state: Map<string, string>): Promise<string> {
  const { metadata, items } = await test.call(PODS);
  state.clear();
  for (const item of items) state.set(item.metadata.name, item.metadata.resourceVersion);
  return metadata.resourceVersion;
}
