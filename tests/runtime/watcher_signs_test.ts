/** What a watcher tells of its collection's freshness, and of whether it goes on where it ended. */

import assert from "node:assert/strict";
import { settled } from "../support/manual_clock.ts";
import { applied, bookmark, deleted, initialEnd } from "../support/things.ts";
import { apiError, live, page, watching } from "../support/watching.ts";

Deno.test("runWatcher() hears nothing of a collection before all of it was read", async () => {
  const { source, state, stop } = await watching();
  source.lastWatch.accept().push(applied("a", 7)).push(bookmark(9));
  await settled();
  assert.equal(state.signs, 0);
  source.lastWatch.push(initialEnd(10));
  await settled();
  assert(state.signs > 0);
  await stop();
});

Deno.test("runWatcher() hears of a collection when a list is complete", async () => {
  const { source, clock, state, stop } = await watching();
  source.lastWatch.refuse(apiError(400));
  await clock.advance(0);
  source.lastList.answer(page("a b", 10, "more"));
  await settled();
  assert.equal(state.signs, 0);
  source.lastList.answer(page("c", 10));
  await settled();
  assert.equal(state.signs, 1);
  await stop();
});

for (
  const [what, batch, heard] of [
    ["an applied object", [applied("a", 11)], 1],
    ["a deleted object", [deleted("a", 12)], 1],
    ["a bookmark", [bookmark(20)], 1],
    ["a repetition", [applied("a", 5)], 1],
    ["a batch of three", [applied("a", 11), applied("b", 12), bookmark(20)], 1],
    ["no event yet of a batch", [], 0],
    ["an error", [{ type: "error", error: apiError(500) }], 0],
  ] as const
) {
  Deno.test(`runWatcher() hears ${heard ? "of a collection" : "nothing"} with ${what}`, async () => {
    const { source, state, stop } = await live();
    const before = state.signs;
    source.lastWatch.push(...batch);
    await settled();
    assert.equal(state.signs - before, heard);
    await stop();
  });
}

Deno.test("runWatcher() hears nothing by being let in alone: that it lives is another matter", async () => {
  const { source, clock, state, stop } = await live();
  const before = { ...state };
  source.lastWatch.end();
  await clock.advance(0);
  source.lastWatch.accept();
  await settled();
  assert.deepEqual(state, { ...before, lives: before.lives + 1 });
  await stop();
});

Deno.test("runWatcher() says of each end whether the next watch goes on from there", async () => {
  const { source, clock, ends, resumed, stop } = await live();
  source.lastWatch.end();
  await clock.advance(0);
  source.lastWatch.accept().push({ type: "error", error: apiError(410) });
  await clock.advance(0);
  source.lastWatch.refuse(apiError(500));
  await clock.advance(0);
  assert.deepEqual(ends, ["closed", "gone", "failed"]);
  assert.deepEqual(resumed, [true, false, false]);
  await stop();
});
