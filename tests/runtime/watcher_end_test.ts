/** How a watcher ends: promptly, from every state, with no timer and no connection left, and by its signal alone. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../lib/api/errors.ts";
import type { Versioned } from "../../lib/api/object.ts";
import { runWatcher } from "../../lib/runtime/watcher.ts";
import { countListeners } from "../support/count_listeners.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";
import { type Script, ScriptedSource } from "../support/scripted_source.ts";
import { applied, bookmark, initialEnd } from "../support/things.ts";
import { apiError, page, start, watching } from "../support/watching.ts";

type World = Awaited<ReturnType<typeof watching>>;

const refused = async ({ source, clock }: World) => {
  source.lastWatch.refuse(apiError(422));
  await clock.advance(0);
};
const twoFailures = async ({ source, clock }: World) => {
  source.lastWatch.refuse(apiError(503));
  await clock.advance(0);
  source.lastWatch.refuse(apiError(503));
  await clock.advance(500);
};

const STATES: Readonly<Record<string, (world: World) => unknown>> = {
  "opens its first watch": () => {},
  "waits for initial events": ({ source }) => source.lastWatch.accept(),
  "is in the midst of initial events": ({ source }) => source.lastWatch.accept().push(applied("a", 5)),
  "follows": ({ source }) => source.lastWatch.accept().push(initialEnd(10), applied("a", 11)),
  "follows a silent server": async ({ source, clock }) => {
    source.lastWatch.accept().push(initialEnd(10));
    await clock.advance(30_000);
  },
  "opens a watch to resume": async ({ source, clock }) => {
    source.lastWatch.accept().push(initialEnd(10), bookmark(11)).end();
    await clock.advance(0);
  },
  "has just resumed": async ({ source, clock }) => {
    source.lastWatch.accept().push(initialEnd(10)).end();
    await clock.advance(0);
    source.lastWatch.accept();
  },
  "is about to try again at once": ({ source }) => source.lastWatch.refuse(apiError(503)),
  "waits after failures": twoFailures,
  "lists": refused,
  "is between two pages": async (world) => {
    await refused(world);
    world.source.lastList.answer(page("a", 7, "more"));
  },
  "opens a watch after a list": async (world) => {
    await refused(world);
    world.source.lastList.answer(page("a", 7));
  },
  "follows after a list": async (world) => {
    await refused(world);
    world.source.lastList.answer(page("a", 7));
    await settled();
    world.source.lastWatch.accept();
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  Deno.test(`runWatcher() ends at once, leaving nothing, when aborted while it ${state}`, async () => {
    const world = await watching();
    await reach(world);
    await settled();
    assert.equal(world.state.ended, false);
    const told = world.ends.length;
    await world.stop();
    assert.equal(world.ends.length, told, "an end on demand is no event");
    const calls = [world.source.watches.length, world.source.lists.length];
    await world.clock.advance(3_600_000);
    assert.deepEqual([world.source.watches.length, world.source.lists.length], calls);
    assert(world.source.lists.every((list) => list.signal.aborted));
  });
}

const COMPLETIONS: Readonly<Record<string, Script<Versioned>>> = {
  "initial events": { onWatch: (watch) => void watch.accept().push(initialEnd(10)) },
  "a list": {
    onWatch: (watch, number) => number === 0 ? watch.refuse(apiError(422)) : void watch.accept(),
    onList: (list) => list.answer(page("a", 7)),
  },
};

for (const [what, script] of Object.entries(COMPLETIONS)) {
  Deno.test(`runWatcher() ends when whoever hears that ${what} is complete aborts it there and then`, async () => {
    const { source, clock, state, stop } = await watching({ script, onLive: (abort) => abort() });
    await clock.advance(0);
    assert.equal(state.lives, 1);
    assert.equal(source.watches.length, 1, "it asks for no more");
    assert.equal(state.ended, true);
    await stop();
  });
}

Deno.test("runWatcher() does not even begin when its signal has aborted", async () => {
  const clock = new ManualClock();
  const source = new ScriptedSource<Versioned>(clock);
  await runWatcher({ source, clock, sink: () => assert.fail("nothing has happened") }, AbortSignal.abort());
  assert.deepEqual([source.watches.length, source.lists.length, clock.pending], [0, 0, 0]);
});

Deno.test("runWatcher() needs no observer", async () => {
  const clock = new ManualClock();
  const source = new ScriptedSource<Versioned>(clock);
  const stopping = new AbortController();
  const running = runWatcher({ source, clock, sink: () => {} }, stopping.signal);
  source.lastWatch.accept().push(initialEnd(10)).end();
  await clock.advance(0);
  assert.equal(source.watches.length, 2);
  stopping.abort();
  await running;
});

for (
  const error of [new ConnectionError("reset", "reset"), apiError(403), new TypeError("a bug"), "a text"]
) {
  Deno.test(`runWatcher() tells of ${error} and goes on`, async () => {
    const { source, clock, ends, errors, state, stop } = await watching();
    source.lastWatch.accept().push(initialEnd(10)).break(error);
    await clock.advance(2_000);
    assert.deepEqual(ends, ["failed"]);
    assert.equal(errors[0], error);
    assert.equal(state.ended, false);
    assert.equal(source.watches.length, 2);
    await stop();
  });
}

Deno.test("runWatcher() survives whoever takes its events and throws, and goes on behind what it gave", async () => {
  const { source, clock, ends, events, stop } = await watching({
    onSink: (event) => {
      if (event.type === "apply" && event.object.name === "bad") throw new Error("no");
    },
  });
  source.lastWatch.accept().push(initialEnd(10), applied("bad", 11), applied("good", 12));
  await clock.advance(0);
  assert.deepEqual(ends, ["failed"]);
  assert.equal(start(source.lastWatch), "11");
  source.lastWatch.accept().push(applied("good", 12));
  await settled();
  assert.deepEqual(events, ["init", "initDone", "apply bad@11", "apply good@12"]);
  await stop();
});

Deno.test("runWatcher() hangs no more on its signal after many connections than after one", async () => {
  const clock = new ManualClock();
  const source = new ScriptedSource<Versioned>(clock, {
    onWatch: (watch) => void watch.accept().push(initialEnd(10)).end(),
  });
  const stopping = new AbortController();
  const listeners = countListeners(stopping.signal);
  const running = runWatcher({ source, clock, sink: () => {} }, stopping.signal);
  await clock.advance(3_600_000);
  assert(source.watches.length > 50);
  assert.equal(listeners(), 1, "only the wait for the next try");
  stopping.abort();
  await running;
  assert.equal(listeners(), 0);
});

Deno.test("runWatcher() lets go of each connection that ends", async () => {
  const { source, clock, stop } = await watching({ script: { onWatch: (watch) => void watch.accept() } });
  const first = source.lastWatch.push(initialEnd(10)).end();
  await clock.advance(0);
  const second = source.lastWatch.push({ type: "error", error: apiError(500) });
  await clock.advance(1_000);
  const third = source.lastWatch.break(new ConnectionError("reset", "reset"));
  await clock.advance(2_000);
  assert.equal(source.watches.length, 4);
  for (const watch of [first, second, third]) {
    assert.equal(watch.signal.aborted, true);
    assert.equal(watch.released, true);
  }
  assert.equal(source.lastWatch.signal.aborted, false);
  await stop();
});
