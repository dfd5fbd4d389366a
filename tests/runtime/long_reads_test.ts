/** Full reads of very many objects: how long others have to wait for their turn, and what has to wait for the read. */

import assert from "node:assert/strict";
import { ApiError } from "../../lib/api/errors.ts";
import type { Versioned } from "../../lib/api/object.ts";
import { runReflector } from "../../lib/runtime/reflector.ts";
import { Store } from "../../lib/runtime/store.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { settled } from "../support/manual_clock.ts";
import { type Script, ScriptedSource } from "../support/scripted_source.ts";
import { applied, bookmark, initialEnd, thing } from "../support/things.ts";
import { watching } from "../support/watching.ts";

const MANY = 10_000;
const BATCH = 50;
const NAMESPACES = 100;
/** What each change costs; milliseconds. */
const COST_MS = 0.05;

const many = Array.from({ length: MANY }, (_, i) => thing(`object-${i}`, 1, `team-${i % NAMESPACES}`));

/** A reflector whose every change is work, at the end of its first full read of very many objects. */
async function reflecting(script: Script<Versioned>) {
  const clock = new BusyClock();
  const store = new Store<Versioned>();
  const source = new ScriptedSource<Versioned>(clock, script);
  const stopping = new AbortController();
  const lives = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let lived = 0;
  const running = runReflector<Versioned>({
    source,
    clock,
    store,
    onChange: () => clock.work(COST_MS),
    observer: { live: () => lives[lived++]?.resolve(), heard() {}, ended() {} },
  }, stopping.signal);
  await lives[0]!.promise;
  return {
    clock,
    store,
    source,
    /** Resolves when the collection is complete for the second time. */
    again: lives[1]!.promise,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Answers watches with the objects as initial events, in batches. */
function initialEvents(objects: readonly Versioned[], version: number): Script<Versioned> {
  return {
    onWatch(watch) {
      watch.accept();
      for (let i = 0; i < objects.length; i += BATCH) {
        watch.push(...objects.slice(i, i + BATCH).map((object) => ({ type: "apply", object }) as const));
      }
      watch.push(initialEnd(version));
    },
  };
}

const gone = new ApiError({ code: 410, reason: "Expired", message: "too old resource version" });

Deno.test("runReflector() lets others in between while it reads very many objects", async () => {
  const { clock, store, stop } = await reflecting(initialEvents(many, 10));
  assert.equal(store.size, MANY);
  assert(clock.longest <= 11, `${clock.longest} ms at a stretch`);
  await stop();
});

for (
  const [what, left] of [
    ["all", []],
    ["every second one", many.filter((_, i) => i % 2 === 0)],
    ["those of one namespace", many.filter(({ namespace }) => namespace !== "team-7")],
  ] as const
) {
  Deno.test(`runReflector() lets others in between while it deletes what is gone: ${what}`, async () => {
    const { clock, store, source, again, stop } = await reflecting(initialEvents(many, 10));
    source.script = initialEvents(left, 20);
    source.lastWatch.push({ type: "error", error: gone });
    await again;
    assert.deepEqual([...store.list()].length, left.length);
    assert(clock.longest <= 11, `${clock.longest} ms at a stretch`);
    await stop();
  });
}

Deno.test("runReflector() lets others in between while it takes in a page", async () => {
  const { clock, store, stop } = await reflecting({
    onWatch: (watch, number) =>
      number === 0 ? watch.refuse(new ApiError({ code: 422, reason: "", message: "" })) : void watch.accept(),
    onList: (list) => list.answer({ items: many, resourceVersion: "10", continueToken: undefined }),
  });
  assert.equal(store.size, MANY);
  assert(clock.longest <= 11, `${clock.longest} ms at a stretch`);
  await stop();
});

Deno.test("runWatcher() passes nothing on, and does not call a collection complete, before its end is dealt with", async () => {
  const dealt = Promise.withResolvers<void>();
  const { source, events, state, stop } = await watching({
    onSink: ({ type }) => type === "initDone" ? dealt.promise : undefined,
  });
  source.lastWatch.accept().push(applied("a", 5), initialEnd(10), applied("b", 11)).push(applied("c", 12));
  await settled();
  assert.deepEqual(events, ["init", "initApply a@5", "initDone"]);
  assert.equal(state.lives, 0);
  dealt.resolve();
  await settled();
  assert.deepEqual(events.slice(3), ["apply b@11", "apply c@12"]);
  assert.equal(state.lives, 1);
  await stop();
});

Deno.test("runWatcher() waits for initial events for as long as they come, but not for their end alone", async () => {
  const { source, clock, events, ends, stop } = await watching();
  source.lastWatch.accept();
  for (let i = 1; i <= 4; i++) {
    await clock.advance(29_999);
    source.lastWatch.push(applied(`object-${i}`, i));
    await clock.advance(0);
  }
  assert.deepEqual(ends, []);
  await clock.advance(29_999);
  source.lastWatch.push(bookmark(9));
  await clock.advance(1);
  assert.deepEqual(ends, ["no-watch-list"]);
  assert.equal(events.length, 5);
  await stop();
});
