/** How the demo's story is played: scene by scene, and honest about what did not come true. */

import assert from "node:assert/strict";
import type { Admin, ReadPolicy } from "../../../lib/cli/demo/admin.ts";
import { loadScene } from "../../../lib/cli/demo/load.ts";
import { play } from "../../../lib/cli/demo/play.ts";
import { sample, type SampleName } from "../../../lib/cli/demo/samples.ts";
import type { Scene } from "../../../lib/cli/demo/story.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** Plays `scenes` on policies that never change. */
async function played(scenes: readonly Scene[], policies: readonly ReadPolicy[], stopAfterMs = Infinity) {
  const clock = new ManualClock();
  const stop = new AbortController();
  if (stopAfterMs !== Infinity) clock.after(stopAfterMs, () => stop.abort());
  const titles: string[] = [];
  const admin = { policies: () => Promise.resolve(policies) } as unknown as Admin;
  const onScene = (title: string) => titles.push(title);
  const missed = play(scenes, { admin, clock, onScene, pauseMs: 4_000 }, stop.signal);
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
  assert.deepEqual(titles, ["one", "two"]);
});

Deno.test("play() names the first policy that does not come to what it must, and what it says instead", async () => {
  const { missed, titles, pending } = await played([scene("one", 90), scene("two", 50), scene("three", 90)], [
    POLICY,
  ]);
  assert.equal(missed, 'After "two" a/b should have come to: score 50; it says: as it is.');
  assert.deepEqual(titles, ["one", "two"]);
  assert.equal(pending, 0);
});

Deno.test("play() ends without a complaint when it is told to stop", async () => {
  assert.deepEqual(await played([scene("one", 50)], [POLICY], 1_000), {
    missed: undefined,
    titles: ["one"],
    pending: 0,
  });
});

for (const [pods, policies] of [[10, 3], [0, 2], [200, 7], [5, 10]] as const) {
  Deno.test(`loadScene() expects of ${policies} policies together all of ${pods} pods`, async () => {
    const created: { kind: string; metadata: { namespace?: string } }[] = [];
    const record = (object: { kind: string; metadata: { namespace?: string } }) =>
      Promise.resolve(void created.push(object));
    const admin = { create: record, createNamespace: () => Promise.resolve() } as unknown as Admin;
    const { act, expect } = loadScene({ pods, policies });
    await act(admin);
    const podsOf = (namespace: string) =>
      created.filter(({ kind, metadata }) => kind === "Pod" && metadata.namespace === namespace).length;
    assert.equal(created.filter(({ kind }) => kind === "Pod").length, pods);
    for (const { policy, what } of expect) {
      assert.ok(what.startsWith(`${podsOf(policy.split("/")[0]!)} pods`), what);
    }
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
