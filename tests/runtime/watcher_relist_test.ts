/** When a watcher reads everything again, by which of two ways, and what it refuses to believe. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { StaleListError } from "../../lib/runtime/list_pages.ts";
import { settled } from "../support/manual_clock.ts";
import { applied, bookmark, initialEnd } from "../support/things.ts";
import { apiError, live, page, start, starts, type Watch, watching } from "../support/watching.ts";

/** The ways in which a server says no to an open or opening watch. */
const WAYS = {
  "as an event within the watch": (watch: Watch, code: number, reason?: string) =>
    void watch.accept().push({
      type: "error",
      error: apiError(code, reason === undefined ? {} : { reason }),
    }),
  "as the answer to the request": (watch: Watch, code: number, reason?: string) =>
    watch.refuse(apiError(code, reason === undefined ? {} : { reason })),
} as const;

for (const [way, refuse] of Object.entries(WAYS)) {
  for (const [code, reason] of [[410, undefined], [410, "Gone"], [400, "Expired"]] as const) {
    Deno.test(`runWatcher() reads everything again, once and at once, after a ${code} (${reason ?? "no reason"}) ${way}`, async () => {
      const { source, clock, events, ends, openedAt, stop } = await live();
      source.lastWatch.end();
      await clock.advance(0);
      source.lastWatch.accept();
      await clock.advance(40_000);
      if (way === "as the answer to the request") {
        source.lastWatch.end();
        await clock.advance(0);
      }
      refuse(source.lastWatch, code, reason);
      await clock.advance(1_000);
      assert.equal(ends.at(-1), "gone");
      assert.equal(start(source.lastWatch), "initial-events");
      source.lastWatch.accept().push(applied("b", 30), initialEnd(40), applied("c", 41));
      await settled();
      assert.deepEqual(events, ["init", "initApply b@30", "initDone", "apply c@41"]);
      source.lastWatch.end();
      await clock.advance(2_000);
      assert.equal(start(source.lastWatch), "41");
      assert.equal(starts(source).filter((from) => from === "initial-events").length, 2);
      assert.equal(source.lists.length, 0);
      assert.equal(openedAt().includes(40), true, "the relist did not wait");
      await stop();
    });
  }

  for (const code of [400, 422]) {
    Deno.test(`runWatcher() lists when initial events are refused with ${code} ${way}`, async () => {
      const { source, clock, events, ends, state, stop } = await watching();
      refuse(source.lastWatch, code);
      await clock.advance(0);
      assert.deepEqual(ends, ["no-watch-list"]);
      assert.equal(source.lists.length, 1);
      source.lastList.answer(page("a b", 7, "more"));
      await settled();
      assert.equal(state.lives, 0);
      source.lastList.answer(page("c", 7));
      await settled();
      assert.equal(start(source.lastWatch), "7");
      assert.equal(state.lives, 1);
      source.lastWatch.accept().push(applied("a", 7), applied("a", 8));
      await settled();
      assert.deepEqual(events.filter((event) => event !== "init"), [
        "initApply a@1",
        "initApply b@2",
        "initApply c@1",
        "initDone",
        "apply a@8",
      ]);
      await stop();
    });
  }

  for (const code of [403, 404, 500]) {
    Deno.test(`runWatcher() asks for initial events again after a ${code} ${way}`, async () => {
      const { source, clock, ends, stop } = await watching();
      refuse(source.lastWatch, code);
      await clock.advance(2_000);
      assert.deepEqual(ends, ["failed"]);
      assert.deepEqual(starts(source), ["initial-events", "initial-events"]);
      assert.equal(source.lists.length, 0);
      await stop();
    });
  }

  for (const code of [400, 422]) {
    Deno.test(`runWatcher() resumes when a watch that had all is answered with ${code} ${way}`, async () => {
      const { source, clock, ends, stop } = await live();
      source.lastWatch.end();
      await clock.advance(0);
      refuse(source.lastWatch, code);
      await clock.advance(1_000);
      assert.deepEqual(ends, ["closed", "failed"]);
      assert.deepEqual(starts(source), ["initial-events", "10", "10"]);
      await stop();
    });
  }
}

/** A watcher whose server knows no initial events, complete at version 10 and followed. */
async function listed() {
  const world = await watching();
  world.source.lastWatch.refuse(apiError(422));
  await world.clock.advance(0);
  world.source.lastList.answer(page("a", 10));
  await settled();
  world.source.lastWatch.accept();
  await settled();
  assert.deepEqual(world.events.splice(0), ["init", "initApply a@1", "initDone"]);
  return world;
}

Deno.test("runWatcher() remembers that there are no initial events", async () => {
  const { source, clock, events, stop } = await listed();
  source.lastWatch.push({ type: "error", error: apiError(410) });
  await clock.advance(1_000);
  assert.equal(source.lists.length, 2);
  source.lastList.answer(page("b", 20));
  await settled();
  assert.deepEqual(events, ["init", "initApply b@1", "initDone"]);
  assert.deepEqual(starts(source), ["initial-events", "10", "20"]);
  await stop();
});

Deno.test("runWatcher() lists no more while it can resume", async () => {
  const { source, clock, stop } = await listed();
  source.lastWatch.push(bookmark(15));
  await clock.advance(45_000);
  source.lastWatch.accept().break(new ConnectionError("reset", "reset"));
  await clock.advance(1_000);
  assert.deepEqual(starts(source), ["initial-events", "10", "15", "15"]);
  assert.equal(source.lists.length, 1);
  await stop();
});

for (
  const [what, answer] of [
    ["the watch is silent", (watch: Watch) => void watch.accept()],
    ["events come without an end", (watch: Watch) => void watch.accept().push(applied("a", 5), bookmark(6))],
  ] as const
) {
  Deno.test(`runWatcher() lists when initial events have not ended after 30 s because ${what}`, async () => {
    const { source, clock, events, ends, stop } = await watching({ script: { onWatch: answer } });
    await clock.advance(20_000);
    source.lastWatch.push(bookmark(7));
    await clock.advance(9_999);
    assert.equal(source.lists.length, 0);
    await clock.advance(1);
    assert.deepEqual(ends, ["no-watch-list"]);
    assert.equal(source.lists.length, 1);
    source.lastList.answer(page("b", 10));
    await settled();
    assert.deepEqual(events.slice(events.lastIndexOf("init")), ["init", "initApply b@1", "initDone"]);
    assert.equal(start(source.lastWatch), "10");
    await stop();
  });
}

Deno.test("runWatcher() counts those 30 s from the server's yes, however long it took to ask", async () => {
  const { source, clock, ends, stop } = await watching();
  await clock.advance(60_000);
  source.lastWatch.accept();
  await clock.advance(29_999);
  assert.deepEqual(ends, []);
  await clock.advance(1);
  assert.deepEqual(ends, ["no-watch-list"]);
  await stop();
});

Deno.test("runWatcher() lists at once when somebody ends the initial events before their end", async () => {
  const { source, clock, ends, stop } = await watching();
  source.lastWatch.accept().push(applied("a", 5)).end();
  await clock.advance(0);
  assert.deepEqual(ends, ["no-watch-list"]);
  assert.equal(source.lists.length, 1);
  source.lastList.answer(page("b", 10));
  await settled();
  assert.equal(start(source.lastWatch), "10");
  await stop();
});

Deno.test("runWatcher() asks for initial events again at the next full read, unless they were cut short twice", async () => {
  const { source, clock, stop } = await watching();
  const cutShort = async () => {
    source.lastWatch.accept().push(applied("a", 5)).end();
    await clock.advance(0);
    source.lastList.answer(page("b", 10 + source.lists.length));
    await settled();
    source.lastWatch.accept();
    await clock.advance(20_000);
    source.lastWatch.push({ type: "error", error: apiError(410) });
    await clock.advance(0);
  };
  await cutShort();
  assert.equal(start(source.lastWatch), "initial-events");
  await cutShort();
  assert.equal(source.lists.length, 3, "the second time is remembered");
  await stop();
});

Deno.test("runWatcher() believes a server that was restored from a backup once it insists", async () => {
  const { source, clock, events, errors, stop } = await live();
  source.script = { onWatch: (watch) => void watch.accept().push(applied("a", 3), initialEnd(4)) };
  source.lastWatch.push({ type: "error", error: apiError(410) });
  await clock.advance(15_000);
  assert(errors.every((error) => error instanceof StaleListError));
  assert.equal(events.filter((event) => event === "initDone").length, 0, "not at once");
  await clock.advance(60_000);
  assert.equal(events.filter((event) => event === "initDone").length, 1);
  source.lastWatch.push(applied("a", 5));
  await settled();
  assert.equal(events.at(-1), "apply a@5");
  await stop();
});

for (
  const error of [
    apiError(504, { reason: "Timeout" }),
    new ApiError({ code: 500, reason: "", message: "Too large resource version: 20, current: 5" }),
    new ApiError({ code: 504, reason: "Timeout", message: "x", causes: ["Too large resource version"] }),
  ]
) {
  const ahead = error.message !== "answered 504";
  Deno.test(`runWatcher() ${ahead ? "reads everything again" : "resumes"} after ${error.message} ${error.causes}`, async () => {
    const { source, clock, stop } = await live();
    source.lastWatch.push({ type: "error", error });
    await clock.advance(0);
    assert.equal(start(source.lastWatch), ahead ? "initial-events" : "10");
    await stop();
  });
}

Deno.test("runWatcher() starts the list over when a later page is gone", async () => {
  const { source, clock, events, ends, stop } = await watching();
  source.lastWatch.refuse(apiError(400));
  await clock.advance(0);
  source.lastList.answer(page("a", 7, "more"));
  await settled();
  source.lastList.refuse(apiError(410));
  await settled();
  assert.deepEqual(source.lists.map(({ options }) => options.continueToken), [undefined, "more", undefined]);
  source.lastList.answer(page("b", 9));
  await settled();
  assert.deepEqual(events, ["init", "initApply a@1", "init", "initApply b@1", "initDone"]);
  assert.deepEqual(ends, ["no-watch-list"]);
  assert.equal(start(source.lastWatch), "9");
  await stop();
});

Deno.test("runWatcher() does not believe initial events that end before what it has seen", async () => {
  const { source, clock, events, ends, errors, state, stop } = await live();
  source.lastWatch.push(applied("a", 50), { type: "error", error: apiError(410) });
  await clock.advance(0);
  source.lastWatch.accept().push(initialEnd(49));
  await clock.advance(1_000);
  assert.deepEqual(events, ["apply a@50", "init"]);
  assert.deepEqual(ends, ["gone", "failed"]);
  assert(errors[0] instanceof StaleListError);
  assert.equal(state.lives, 1);
  assert.equal(start(source.lastWatch), "initial-events");
  source.lastWatch.accept().push(initialEnd(50));
  await settled();
  assert.deepEqual(events, ["apply a@50", "init", "init", "initDone"]);
  await stop();
});

Deno.test("runWatcher() does not believe a list that is older than what it has seen", async () => {
  const { source, clock, events, errors, stop } = await listed();
  source.lastWatch.push(applied("a", 50), { type: "error", error: apiError(410) });
  await clock.advance(1_000);
  source.lastList.answer(page("z", 49));
  await clock.advance(2_000);
  assert.deepEqual(events, ["apply a@50"]);
  assert(errors[0] instanceof StaleListError);
  source.lastList.answer(page("b", 51));
  await settled();
  assert.deepEqual(events, ["apply a@50", "init", "initApply b@1", "initDone"]);
  assert.equal(start(source.lastWatch), "51");
  await stop();
});

Deno.test("runWatcher() reads everything again when the connection broke before the end of the initial events", async () => {
  const { source, clock, events, stop } = await watching();
  source.lastWatch.accept().push(applied("a", 5), bookmark(6)).break(new ConnectionError("reset", "reset"));
  await clock.advance(0);
  assert.deepEqual(starts(source), ["initial-events", "initial-events"]);
  source.lastWatch.accept().push(applied("a", 5), initialEnd(7));
  await settled();
  assert.deepEqual(events, ["init", "initApply a@5", "init", "initApply a@5", "initDone"]);
  await stop();
});
