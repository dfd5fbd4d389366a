/** How the demo's story is played: scene by scene, and honest about what did not come true. */

import assert from "node:assert/strict";
import { ApiError } from "../../../lib/api/errors.ts";
import { Admin, type ReadPolicy } from "../../../lib/cli/demo/admin.ts";
import { directFetch } from "../../../lib/cli/demo/join.ts";
import { fillCluster, loadScene } from "../../../lib/cli/demo/load.ts";
import { play } from "../../../lib/cli/demo/play.ts";
import { sample, type SampleName } from "../../../lib/cli/demo/samples.ts";
import { type Scene, STORY } from "../../../lib/cli/demo/story.ts";
import { startTest } from "../../sandbox/sandbox.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** As much of a pod as the load differs in. */
interface Pod {
  readonly metadata: { readonly namespace: string; readonly uid: string };
  readonly spec: { readonly initContainers?: unknown };
}

/** Plays `scenes` on policies that never change, and tells what was said meanwhile. */
async function played(scenes: readonly Scene[], policies: readonly ReadPolicy[], stopAfterMs = Infinity) {
  const clock = new ManualClock();
  const stop = new AbortController();
  if (stopAfterMs !== Infinity) clock.after(stopAfterMs, () => stop.abort());
  const said: string[] = [];
  const admin = { policies: () => Promise.resolve(policies) } as unknown as Admin;
  const playing = play(scenes, {
    admin,
    clock,
    onScene: (title) => said.push(title),
    onTrue: (ms) => said.push(`true after ${ms} ms`),
    onMissed: (what) => said.push(what),
    pauseMs: 4_000,
  }, stop.signal);
  await Promise.all([playing, clock.advance(60_000)]);
  return { said, pending: clock.pending };
}

const scene = (title: string, score: number): Scene => ({
  title,
  act: async () => {},
  expect: [{ policy: "a/b", what: `score ${score}`, holds: (status) => status?.healthScore === score }],
});
const POLICY: ReadPolicy = { namespace: "a", name: "b", status: { healthScore: 90, message: "as it is" } };

Deno.test("play() goes on to the next scene when the policies say what they must", async () => {
  const { said } = await played([scene("one", 90), scene("two", 90)], [POLICY]);
  assert.deepEqual(said, ["one", "true after 0 ms", "two", "true after 0 ms"]);
});

Deno.test("play() tells how long after a scene was done its policies said so", async () => {
  const clock = new ManualClock();
  let healthScore = 50;
  clock.after(1_020, () => healthScore = 90);
  const admin = {
    policies: () => Promise.resolve([{ ...POLICY, status: { healthScore } }]),
  } as unknown as Admin;
  let told = 0;
  const onTrue = (ms: number) => told = ms;
  const playing = play(
    [scene("one", 90)],
    { admin, clock, onScene() {}, onTrue, onMissed: assert.fail, pauseMs: 0 },
    new AbortController().signal,
  );
  await clock.advance(2_000);
  await playing;
  assert.equal(told, 1_050);
});

Deno.test("play() names the first policy that does not come to what it must, and what it says instead", async () => {
  const { said, pending } = await played([scene("one", 90), scene("two", 50), scene("three", 90)], [POLICY]);
  const missed = 'After "two" a/b should have come to: score 50; it says: as it is.';
  assert.deepEqual(said, ["one", "true after 0 ms", "two", missed, "three", "true after 0 ms"]);
  assert.equal(pending, 0);
});

Deno.test("play() tells what the server has against a scene, and does not wait for what cannot come true", async () => {
  const message = 'POST /api/v1/namespaces: namespaces "shop" already exists';
  const act = () => Promise.reject(new ApiError({ code: 409, reason: "AlreadyExists", message }));
  const { said } = await played([{ ...scene("one", 50), act }, scene("two", 90)], [POLICY]);
  const refused = `After "one" the server said no: ${message}.`;
  assert.deepEqual(said, ["one", refused, "two", "true after 0 ms"]);
});

Deno.test("play() does not take a bug of a scene's for a refusal", async () => {
  const act = () => Promise.reject(new TypeError("a bug"));
  await assert.rejects(played([{ ...scene("one", 50), act }], [POLICY]), TypeError);
});

Deno.test("play() ends without a complaint when it is told to stop", async () => {
  assert.deepEqual(await played([scene("one", 50)], [POLICY], 1_000), { said: ["one"], pending: 0 });
});

for (const { title } of STORY) {
  Deno.test(`"${title}" has room on a line of 80 characters, with its mark and its time`, () => {
    assert.ok(`✓ ${title} (999 ms)`.length <= 80);
  });
}

Deno.test("the demo has no policies to show once somebody has deleted what defines them", async () => {
  await using test = await startTest({ crd: true });
  const admin = new Admin(test.sandbox.url, directFetch(test.sandbox));
  await admin.create(sample("samplePolicy", "default"));
  assert.equal((await admin.policies()).length, 1);
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  await test.call(`${definitions}/devopspolicies.devops.stochastic.io`, { method: "DELETE" });
  assert.deepEqual(await admin.policies(), []);
});

for (const [pods, policies] of [[10, 3], [0, 2], [1, 1], [200, 7], [5, 10]] as const) {
  Deno.test(`loadScene() expects of ${policies} policies just what fillCluster() made for ${pods} pods`, async () => {
    await using test = await startTest({ crd: true });
    const admin = new Admin(test.sandbox.url, directFetch(test.sandbox));
    await fillCluster({ pods, policies }, admin, test.sandbox);

    const { items } = await test.call("/api/v1/pods") as { items: readonly Pod[] };
    assert.equal(items.length, pods);
    assert.equal(new Set(items.map(({ metadata }) => metadata.uid)).size, pods);
    const found = (await admin.policies()).map(({ namespace, name }) => {
      const its = items.filter(({ metadata }) => metadata.namespace === namespace);
      const unpinned = its.filter(({ spec }) => spec.initContainers !== undefined);
      return [`${namespace}/${name}`, `${its.length} pods and ${2 * unpinned.length} violations`] as const;
    });
    const { expect } = loadScene({ pods, policies });
    assert.deepEqual(new Map(expect.map(({ policy, what }) => [policy, what])), new Map(found));
  });
}

for (
  const [file, kind] of [
    ["samplePolicy", "DevOpsPolicy"],
    ["strictPolicy", "DevOpsPolicy"],
    ["compliantPod", "Pod"],
    ["breaksPendingDuration", "Pod"],
  ] as readonly (readonly [SampleName, string])[]
) {
  Deno.test(`sample() moves ${file} to the namespace that it is asked for`, () => {
    const object = sample(file, "elsewhere", "other");
    assert.equal(object.kind, kind);
    assert.deepEqual([object.metadata.namespace, object.metadata.name], ["elsewhere", "other"]);
  });
}
