/** How the story is told: what does not come true ends it where all must, and is only said where somebody watches. */

import assert from "node:assert/strict";
import type { Admin, ReadPolicy } from "../../../lib/cli/demo/admin.ts";
import type { Scene } from "../../../lib/cli/demo/story.ts";
import { tellStory } from "../../../lib/cli/demo/tell_story.ts";
import { EXIT } from "../../../lib/cli/exit.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const POLICY: ReadPolicy = { namespace: "a", name: "b", status: { healthScore: 90, message: "as it is" } };
const MISSED = 'After "one" a/b should have come to: score 50; it says: as it is.';

const scene = (title: string, score: number): Scene => ({
  title,
  act: async () => {},
  expect: [{ policy: "a/b", what: `score ${score}`, holds: (status) => status?.healthScore === score }],
});

/** Tells `scenes` of a policy that never changes for at most a minute, and writes down what is shown. */
async function told(scenes: readonly Scene[], once: boolean, stopAfterMs = 60_000) {
  const clock = new ManualClock();
  const stop = new AbortController();
  clock.after(stopAfterMs, () => stop.abort());
  const shown: string[] = [];
  const stage = {
    scene: (title: string) => void shown.push(title),
    cameTrue: () => void shown.push("true"),
    missed: (what: string) => void shown.push(what),
    policies: (policies: readonly ReadPolicy[]) => void shown.push(`${policies.length} policies`),
  };
  const admin = { policies: () => Promise.resolve([POLICY]) } as unknown as Admin;
  const [outcome] = await Promise.allSettled([
    tellStory(scenes, { once, stage, admin, clock }, stop.signal),
    clock.advance(60_000),
  ]);
  return { outcome, shown };
}

Deno.test("tellStory() once is done when all has come true, and shows the policies then", async () => {
  const { outcome, shown } = await told([scene("one", 90), scene("two", 90)], true);
  assert.deepEqual(outcome, { status: "fulfilled", value: true });
  assert.deepEqual(shown, ["one", "true", "two", "true", "1 policies"]);
});

Deno.test("tellStory() once ends with 1 at the first status that is not as it must be", async () => {
  const { outcome, shown } = await told([scene("one", 50), scene("two", 90)], true);
  assert.equal(outcome.status, "rejected");
  assert.deepEqual([outcome.reason.exitCode, outcome.reason.message], [EXIT.no, MISSED]);
  assert.deepEqual(shown, ["one"]);
});

Deno.test("tellStory() live says what did not come true, and goes on until it is stopped", async () => {
  const { outcome, shown } = await told([scene("one", 50), scene("two", 90)], false);
  assert.deepEqual(outcome, { status: "fulfilled", value: true });
  const over = "The story is over; the cluster is yours until Ctrl+C";
  assert.deepEqual(shown, ["one", `${MISSED} Did somebody else change the cluster?`, "two", "true", over]);
});

for (const once of [true, false]) {
  Deno.test(`tellStory()${once ? " once" : " live"} has not told all when it is stopped in the middle`, async () => {
    const { outcome, shown } = await told([scene("one", 50), scene("two", 90)], once, 1_000);
    assert.deepEqual(outcome, { status: "fulfilled", value: false });
    assert.deepEqual(shown, ["one"]);
  });
}
