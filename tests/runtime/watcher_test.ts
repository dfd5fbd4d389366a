/** What a watcher makes of a watch: the events it passes on, those it drops, and where it resumes. */

import assert from "node:assert/strict";
import { settled } from "../support/manual_clock.ts";
import { applied, bookmark, deleted, initialEnd } from "../support/things.ts";
import { apiError, live, start, starts, watching } from "../support/watching.ts";

Deno.test("runWatcher() reads what exists and follows it on one connection, with no list", async () => {
  const { source, clock, events, state, stop } = await watching();
  assert.deepEqual(starts(source), ["initial-events"]);
  source.lastWatch.accept();
  await settled();
  assert.deepEqual(events, ["init"]);
  source.lastWatch.push(applied("a", 7), applied("b", 3)).push(applied("c", 5));
  await settled();
  assert.equal(state.lives, 0, "it is not complete yet");
  source.lastWatch.push(initialEnd(10), applied("a", 11)).push(deleted("b", 12));
  await settled();
  assert.deepEqual(events, [
    "init",
    "initApply a@7",
    "initApply b@3",
    "initApply c@5",
    "initDone",
    "apply a@11",
    "delete b@12",
  ]);
  assert.equal(state.lives, 1);
  await clock.advance(44_000);
  assert.equal(source.watches.length, 1);
  assert.equal(source.lists.length, 0);
  await stop();
});

for (const [random, seconds] of [[0, 240], [0.5, 270], [0.999_999, 299]] as const) {
  Deno.test(`runWatcher() asks the server to end the watch after ${seconds} s, by chance ${random}`, async () => {
    const { source, stop } = await watching({ random: () => random });
    assert.equal(source.lastWatch.options.timeoutSeconds, seconds);
    await stop();
  });
}

Deno.test("runWatcher() deletes what is deleted while it still reads what exists", async () => {
  const { source, events, stop } = await watching();
  source.lastWatch.accept().push(applied("a", 7), deleted("a", 8), deleted("b", 9), initialEnd(10));
  await settled();
  assert.deepEqual(events, ["init", "initApply a@7", "delete a@8", "delete b@9", "initDone"]);
  await stop();
});

Deno.test("runWatcher() takes no other bookmark for the end of the initial events", async () => {
  const { source, events, state, stop } = await watching();
  source.lastWatch.accept().push(applied("a", 7), bookmark(9), applied("b", 3));
  await settled();
  assert.deepEqual(events, ["init", "initApply a@7", "initApply b@3"]);
  assert.equal(state.lives, 0);
  await stop();
});

for (
  const [what, pushed, from] of [
    ["the end of the initial events", [], "10"],
    ["an applied object", [applied("a", 11)], "11"],
    ["a deleted object", [applied("a", 11), deleted("a", 12)], "12"],
    ["a bookmark", [applied("a", 11), bookmark(20)], "20"],
    ["an object after a bookmark", [bookmark(20), applied("a", 21)], "21"],
    ["the newest, when an older bookmark follows", [applied("a", 11), bookmark(9)], "11"],
    ["the newest, when an older object follows", [bookmark(20), applied("a", 11)], "20"],
    ["a version that is longer, not larger as text", [applied("a", 99), applied("b", 100)], "100"],
  ] as const
) {
  Deno.test(`runWatcher() resumes from ${what}`, async () => {
    const { source, clock, ends, events, stop } = await live();
    source.lastWatch.push(...pushed).end();
    await clock.advance(0);
    assert.deepEqual(starts(source), ["initial-events", from]);
    assert.deepEqual(ends, ["closed"]);
    assert(!events.includes("init"));
    assert.equal(source.lists.length, 0);
    await stop();
  });
}

Deno.test("runWatcher() drops repetitions and what is older than what it has seen", async () => {
  const { source, events, stop } = await live();
  source.lastWatch.push(
    applied("a", 10),
    applied("b", 9),
    deleted("a", 8),
    applied("a", 11),
    applied("a", 11),
    deleted("a", 11),
    applied("b", 100),
    applied("c", 99),
    deleted("b", 101),
  );
  await settled();
  assert.deepEqual(events, ["apply a@11", "apply b@100", "delete b@101"]);
  await stop();
});

Deno.test("runWatcher() drops what a resumed watch repeats, and says that it is live again", async () => {
  const { source, clock, events, state, stop } = await live();
  source.lastWatch.push(applied("a", 11)).end();
  await clock.advance(0);
  assert.equal(state.lives, 1);
  source.lastWatch.accept().push(applied("a", 11), applied("b", 12));
  await settled();
  assert.equal(state.lives, 2);
  assert.deepEqual(events, ["apply a@11", "apply b@12"]);
  await stop();
});

Deno.test("runWatcher() keeps the events that came before an error in the same batch", async () => {
  const { source, clock, events, stop } = await live();
  source.lastWatch.push(applied("a", 11), { type: "error", error: apiError(500) }, applied("b", 12));
  await clock.advance(0);
  assert.deepEqual(events, ["apply a@11"]);
  assert.equal(start(source.lastWatch), "11");
  await stop();
});
