/** How the demo's story is played: scene by scene, and honest about what did not come true. */

import assert from "node:assert/strict";
import { Admin, type ReadPolicy } from "../../../lib/cli/demo/admin.ts";
import { directFetch } from "../../../lib/cli/demo/join.ts";
import { fillCluster, loadScene } from "../../../lib/cli/demo/load.ts";
import { play } from "../../../lib/cli/demo/play.ts";
import { sample, type SampleName } from "../../../lib/cli/demo/samples.ts";
import type { Scene } from "../../../lib/cli/demo/story.ts";
import { startTest } from "../../sandbox/sandbox.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** As much of a pod as the load differs in. */
interface Pod {
  readonly metadata: { readonly namespace: string; readonly uid: string };
  readonly spec: { readonly initContainers?: unknown };
}

/** Plays `scenes` on policies that never change. */
async function played(scenes: readonly Scene[], policies: readonly ReadPolicy[], stopAfterMs = Infinity) {
  const clock = new ManualClock();
  const stop = new AbortController();
  if (stopAfterMs !== Infinity) clock.after(stopAfterMs, () => stop.abort());
  const titles: string[] = [];
  const admin = { policies: () => Promise.resolve(policies) } as unknown as Admin;
  const options = {
    admin,
    clock,
    onScene: (title: string) => titles.push(title),
    onTrue: (ms: number) => titles.push(`true after ${ms} ms`),
    pauseMs: 4_000,
  };
  const missed = play(scenes, options, stop.signal);
  await clock.advance(60_000);
  return { missed: await missed, titles, pending: clock.pending };
}

const scene = (title: string, score: number): Scene => ({
  title,
  act: async () => {},
  expect: [{ policy: "a/b", what: `score ${score}`, holds: (status) => status?.healthScore === score }],
});
const POLICY: ReadPolicy = { namespace: "a", name: "b", status: { healthScore: 90, message: "as it is" } };

Deno.test("play() goes on to the next scene when the policies say what they must", async () => {
  const { missed, titles } = await played([scene("one", 90), scene("two", 90)], [POLICY]);
  assert.equal(missed, undefined);
  assert.deepEqual(titles, ["one", "true after 0 ms", "two", "true after 0 ms"]);
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
  const missed = play(
    [scene("one", 90)],
    { admin, clock, onScene() {}, onTrue, pauseMs: 0 },
    new AbortController().signal,
  );
  await clock.advance(2_000);
  assert.deepEqual([await missed, told], [undefined, 1_050]);
});

Deno.test("play() names the first policy that does not come to what it must, and what it says instead", async () => {
  const { missed, titles, pending } = await played([scene("one", 90), scene("two", 50), scene("three", 90)], [
    POLICY,
  ]);
  assert.equal(missed, 'After "two" a/b should have come to: score 50; it says: as it is.');
  assert.deepEqual(titles, ["one", "true after 0 ms", "two"]);
  assert.equal(pending, 0);
});

Deno.test("play() ends without a complaint when it is told to stop", async () => {
  assert.deepEqual(await played([scene("one", 50)], [POLICY], 1_000), {
    missed: undefined,
    titles: ["one"],
    pending: 0,
  });
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
