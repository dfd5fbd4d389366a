/** The finalizer's life: put on first, foreign ones left alone, taken off once the policy's traces are gone. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";

Deno.test("runOperator() puts its finalizer on first and then writes the status", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  assert.deepEqual(operator.cluster.writes.map(({ verb, result }) => [verb, result]), [
    ["patch", "done"],
    ["patchStatus", "done"],
  ]);
  assert.deepEqual(operator.cluster.policy("strict")?.metadata.finalizers, [FINALIZER]);
});

Deno.test("runOperator() writes no status when it cannot put its finalizer on", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy();
    cluster.before = ({ verb }) => {
      if (verb === "patch") throw new Error("no");
    };
  });
  assert.deepEqual(operator.cluster.writes.map(({ verb }) => verb), ["patch"]);
  assert.deepEqual(operator.status(), {});
});

const [BEFORE, BEHIND] = ["example.com/before", "example.com/behind"];

for (
  const [where, finalizers, held] of [
    ["in front of", [BEFORE], [BEFORE, FINALIZER]],
    ["behind", [FINALIZER, BEHIND], [FINALIZER, BEHIND]],
    ["around", [BEFORE, FINALIZER, BEHIND], [BEFORE, FINALIZER, BEHIND]],
  ] as const
) {
  Deno.test(`runOperator() leaves foreign finalizers ${where} its own alone`, async () => {
    await using operator = await startOperator((cluster) =>
      cluster.putPolicy({ finalizers: [...finalizers] })
    );
    const { cluster, clock } = operator;
    assert.deepEqual(cluster.policy("strict")?.metadata.finalizers, held);
    cluster.deletePolicy();
    await clock.advance(1_000);
    assert.deepEqual(
      cluster.policy("strict")?.metadata.finalizers,
      held.filter((finalizer) => finalizer !== FINALIZER),
    );
    operator.newWrites();
    await clock.advance(120_000);
    assert.deepEqual(operator.newWrites(), [], "a policy that others hold is not ours any more");
  });
}

Deno.test("runOperator() puts its finalizer back when somebody takes it off", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy());
  await operator.clock.advance(1_000);
  operator.cluster.putPolicy({ finalizers: [] });
  await operator.clock.advance(0);
  assert.deepEqual(operator.cluster.policy("strict")?.metadata.finalizers, [FINALIZER]);
});

Deno.test("runOperator() lets a deleted policy go, and all of its series with it", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.putPolicy({ spec: ALL_CHECKS, name: "other" });
  }, ON_A_FREE_PORT);
  const before = await get(operator, "/metrics");
  assert(seriesWith(before.text, "policy", "strict").length >= 4);
  operator.cluster.deletePolicy();
  await operator.clock.advance(1_000);
  assert.equal(operator.cluster.policy("strict"), undefined);
  const { text } = await get(operator, "/metrics");
  assert.deepEqual(seriesWith(text, "policy", "strict"), []);
  assert.deepEqual(seriesWith(text, "policy", "other"), seriesWith(before.text, "policy", "other"));
});

Deno.test("runOperator() drops the series of a policy that went without our letting it go", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy(), ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.putPod(pod("web").container("app"));
  await clock.advance(10);
  const { length } = cluster.calls;
  cluster.putPolicy({ finalizers: [] });
  cluster.deletePolicy();
  await clock.advance(200);
  assert.equal(cluster.calls.length, length, "it is gone before its turn comes");
  assert.deepEqual(seriesWith((await get(operator, "/metrics")).text, "policy", "strict"), []);
});

Deno.test("runOperator() lets go of a policy that was deleted while nobody looked, without a status", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ finalizers: [FINALIZER] });
    cluster.deletePolicy();
    assert(cluster.policy("strict") !== undefined);
  });
  assert.equal(operator.cluster.policy("strict"), undefined);
  assert.deepEqual(operator.cluster.writes.map(({ verb }) => verb), ["patch"]);
});

Deno.test("runOperator() never touches a deleted policy that it does not hold", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ finalizers: [BEFORE] });
    cluster.deletePolicy();
  });
  await operator.clock.advance(120_000);
  assert.deepEqual(operator.cluster.calls, []);
});

Deno.test("runOperator() starts anew with a policy of the same name that is created again", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
  operator.cluster.deletePolicy();
  await operator.clock.advance(200);
  operator.cluster.putPolicy();
  await operator.clock.advance(200);
  const { metadata } = operator.cluster.policy("strict") ?? {};
  assert.equal(metadata?.uid, "uid-2");
  assert.deepEqual(metadata?.finalizers, [FINALIZER]);
  assert.equal(operator.status().observedGeneration, 1);
});
