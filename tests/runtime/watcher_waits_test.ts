/** How long a watcher waits: for a server that fails, for one that is silent, and for one that never ends. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { settled } from "../support/manual_clock.ts";
import { applied, bookmark, initialEnd } from "../support/things.ts";
import { apiError, live, start, starts, type Watch, watching } from "../support/watching.ts";

/** Closes two watches at once, so that the next failure would have to wait for 2 seconds. */
async function twiceClosed() {
  const world = await live();
  world.source.lastWatch.end();
  await world.clock.advance(0);
  world.source.lastWatch.accept().end();
  await world.clock.advance(1_000);
  assert.deepEqual(world.openedAt(), [0, 0, 1]);
  world.source.lastWatch.accept();
  return world;
}

for (const [lived, openedAt, why] of [[10_000, 11, "at once"], [9_999, 12.999, "after a while"]] as const) {
  Deno.test(`runWatcher() reopens ${why} after a watch that lived ${lived} ms and was closed`, async () => {
    const { source, clock, openedAt: opened, stop } = await twiceClosed();
    await clock.advance(lived);
    source.lastWatch.end();
    await clock.advance(openedAt * 1_000 - 1_000 - lived);
    assert.deepEqual(opened(), [0, 0, 1, openedAt]);
    assert.equal(start(source.lastWatch), "10");
    await stop();
  });
}

for (
  const [what, onWatch] of [
    ["closes each watch at once", (watch: Watch) => void watch.accept().push(initialEnd(10)).end()],
    ["refuses each watch", (watch: Watch) => watch.refuse(apiError(503))],
    ["cannot be reached", (watch: Watch) => watch.refuse(new ConnectionError("refused", "refused"))],
  ] as const
) {
  Deno.test(`runWatcher() waits 0, 1, 2, 4 … 45 seconds while a server ${what}`, async () => {
    const { clock, openedAt, stop } = await watching({ script: { onWatch } });
    await clock.advance(600_000);
    assert.deepEqual(openedAt().slice(0, 11), [0, 0, 1, 3, 7, 15, 31, 63, 108, 153, 198]);
    assert(openedAt().filter((at) => at < 60).length <= 8);
    assert(openedAt().length <= 20, "two in a minute");
    await stop();
  });
}

Deno.test("runWatcher() reads everything again at once when history is gone, but not again and again", async () => {
  const { clock, openedAt, stop } = await watching({
    script: { onWatch: (watch) => watch.refuse(apiError(410)) },
  });
  await clock.advance(60_000);
  assert.deepEqual(openedAt(), [0, 0, 0, 1, 3, 7, 15, 31]);
  await stop();
});

Deno.test("runWatcher() reads all of a forgetful server ever more slowly, however long each watch lives, and tells of it once", async () => {
  const { source, clock, state, openedAt, stop } = await live();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    await clock.advance(20_000);
    const before = openedAt().length;
    source.lastWatch.push({ type: "error", error: apiError(410) });
    const at = clock.monotonic();
    await clock.advance(0);
    for (let i = 0; openedAt().length === before && i < 100; i++) await clock.advance(500);
    waits.push((clock.monotonic() - at) / 1_000);
    source.lastWatch.accept().push(initialEnd(20 + i));
    await settled();
  }
  assert.deepEqual(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32]);
  assert.equal(state.forgetful, 1);
  await stop();
});

Deno.test("runWatcher() does not call a server forgetful whose history is gone now and then", async () => {
  const { source, clock, state, openedAt, stop } = await live();
  for (let i = 0; i < 5; i++) {
    for (let minute = 0; minute < 2; minute++) {
      source.lastWatch.push(bookmark(100 + 10 * i + minute));
      await clock.advance(30_000);
      source.lastWatch.push(bookmark(105 + 10 * i + minute));
      await clock.advance(30_000);
    }
    const before = openedAt().length;
    source.lastWatch.push({ type: "error", error: apiError(410) });
    await clock.advance(1);
    assert.equal(openedAt().length, before + 1, "read again at once");
    source.lastWatch.accept().push(initialEnd(110 + 10 * i));
    await settled();
  }
  assert.equal(state.forgetful, 0);
  await stop();
});

Deno.test("runWatcher() reads everything again at once after an outage that outlived the history", async () => {
  const { source, clock, openedAt, stop } = await live();
  source.script = { onWatch: (watch) => watch.refuse(new ConnectionError("refused", "refused")) };
  source.lastWatch.end();
  await clock.advance(120_000);
  source.script = {
    onWatch: (watch) => start(watch) === "10" ? watch.refuse(apiError(410)) : void watch.accept(),
  };
  const before = openedAt().length;
  await clock.advance(45_000);
  const [gone, again] = openedAt().slice(before);
  assert.equal(again, gone);
  assert.equal(start(source.lastWatch), "initial-events");
  await stop();
});

Deno.test("runWatcher() waits the same between lists that fail", async () => {
  const { source, clock, errors, stop } = await watching({
    script: {
      onWatch: (watch) => watch.refuse(apiError(400)),
      onList: (list) => list.refuse(apiError(500)),
    },
  });
  const startedAt = source.lastWatch.at;
  await clock.advance(60_000);
  assert.deepEqual(source.lists.map(({ at }) => (at - startedAt) / 1_000), [0, 0, 1, 3, 7, 15, 31]);
  assert.equal(source.watches.length, 1);
  assert(errors.every((error) => error instanceof ApiError && error.code === 500));
  await stop();
});

Deno.test("runWatcher() adds up to a quarter of jitter to each wait, never taking any away", async () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  await fc.assert(
    fc.asyncProperty(chance, async (chance) => {
      const { clock, openedAt, stop } = await watching({
        random: () => chance,
        script: { onWatch: (watch) => watch.refuse(apiError(503)) },
      });
      await clock.advance(60_000);
      const waits = openedAt().map((at, i, all) => at - (all[i - 1] ?? 0)).slice(1);
      waits.forEach((wait, i) => {
        const expected = [0, 1, 2, 4, 8, 16, 32][i]! * (1 + chance / 4);
        assert(Math.abs(wait - expected) < 0.001, `waited ${wait} s, not ${expected} s`);
      });
      await stop();
    }),
    { numRuns: 25 },
  );
});

for (
  const [failures, retryAfterMs, openedAt] of [
    [1, undefined, [0, 0]],
    [1, 7_000, [0, 7]],
    [3, 7_000, [0, 0, 1, 8]],
    [3, 500, [0, 0, 1, 3]],
  ] as const
) {
  const asked = retryAfterMs === undefined ? "nothing" : `${retryAfterMs} ms`;
  Deno.test(`runWatcher() opens at ${openedAt} s when failure ${failures} asks for ${asked}`, async () => {
    const { clock, openedAt: opened, stop } = await watching({
      script: {
        onWatch: (watch, number) => {
          if (number < failures - 1) watch.refuse(apiError(503));
          if (number === failures - 1) {
            watch.refuse(apiError(429, retryAfterMs === undefined ? {} : { retryAfterMs }));
          }
        },
      },
    });
    await clock.advance(20_000);
    assert.deepEqual(opened(), openedAt);
    await stop();
  });
}

Deno.test("runWatcher() adds jitter to what the server asks for, too", async () => {
  const { clock, openedAt, stop } = await watching({
    random: () => 0.5,
    script: {
      onWatch: (watch, number) => number === 0 && watch.refuse(apiError(429, { retryAfterMs: 8_000 })),
    },
  });
  await clock.advance(20_000);
  assert.deepEqual(openedAt(), [0, 9]);
  await stop();
});

Deno.test("runWatcher() resumes on a fresh connection after 45 s of silence, at once and with no relist", async () => {
  const { source, clock, ends, errors, events, openedAt, stop } = await live();
  source.lastWatch.push(applied("a", 11));
  await clock.advance(44_999);
  assert.equal(source.watches.length, 1);
  const silent = source.lastWatch;
  await clock.advance(1);
  assert.deepEqual(openedAt(), [0, 45]);
  assert.deepEqual(starts(source), ["initial-events", "11"]);
  assert.deepEqual([ends, errors], [["idle"], []]);
  assert.equal(silent.signal.aborted, true);
  assert.equal(silent.released, true);
  source.lastWatch.accept().push(applied("b", 12));
  await settled();
  assert.deepEqual(events, ["apply a@11", "apply b@12"]);
  await clock.advance(3 * 45_000);
  assert.deepEqual(openedAt(), [0, 45, 90]);
  assert.equal(source.lists.length, 0);
  await stop();
});

for (
  const [what, word] of [["an event", [applied("a", 5)]], ["a bookmark", [bookmark(20)]], [
    "a byte",
    [],
  ]] as const
) {
  Deno.test(`runWatcher() counts its 45 s of silence from ${what}`, async () => {
    const { source, clock, openedAt, stop } = await live();
    await clock.advance(40_000);
    source.lastWatch.push(...word);
    await clock.advance(44_999);
    assert.deepEqual(openedAt(), [0]);
    await clock.advance(1);
    assert.deepEqual(openedAt(), [0, 85]);
    await stop();
  });
}

Deno.test("runWatcher() counts its 45 s of silence from the server's yes when not a word follows", async () => {
  const { source, clock, ends, openedAt, stop } = await live();
  source.lastWatch.end();
  await clock.advance(5_000);
  source.lastWatch.accept();
  await clock.advance(44_999);
  assert.deepEqual(openedAt(), [0, 0]);
  await clock.advance(1);
  assert.deepEqual(openedAt(), [0, 0, 50]);
  assert.deepEqual(ends, ["closed", "idle"]);
  await stop();
});

Deno.test("runWatcher() knows a silent watch by its silence, even when its stream then ends as if in peace", async () => {
  const { source, clock, ends, stop } = await live();
  source.lastWatch.endsOnAbort = true;
  await clock.advance(45_000);
  assert.deepEqual(ends, ["idle"]);
  assert.equal(start(source.lastWatch), "10");
  await stop();
});

for (const [random, seconds] of [[0, 240], [0.5, 270]] as const) {
  Deno.test(`runWatcher() ends a watch that outlives its ${seconds} s by 15 s, whatever still comes`, async () => {
    const { source, clock, ends, openedAt, stop } = await live({ random: () => random });
    for (let second = 10; second <= seconds + 10; second += 10) {
      await clock.advance(10_000);
      source.lastWatch.push(applied("a", 100 + second));
    }
    await clock.advance(4_999);
    assert.deepEqual(openedAt(), [0]);
    const endless = source.lastWatch;
    await clock.advance(1);
    assert.deepEqual(openedAt(), [0, seconds + 15]);
    assert.equal(start(source.lastWatch), String(110 + seconds));
    assert.deepEqual(ends, ["overdue"]);
    assert.equal(endless.released, true);
    await stop();
  });
}

Deno.test("runWatcher() ends a watch that is overdue even when nobody ever accepted it", async () => {
  const { source, clock, ends, openedAt, stop } = await live();
  source.lastWatch.end();
  await clock.advance(256_000);
  assert.deepEqual(openedAt(), [0, 0, 256], "which is no healthy life");
  assert.deepEqual(ends, ["closed", "overdue"]);
  await stop();
});

Deno.test("runWatcher() leaves a watch alone whose initial events have ended in time", async () => {
  const { source, clock, events, openedAt, stop } = await watching();
  await clock.advance(29_998);
  source.lastWatch.accept();
  await clock.advance(1);
  source.lastWatch.push(initialEnd(10));
  await clock.advance(40_000);
  assert.deepEqual(events, ["init", "initDone"]);
  assert.deepEqual(openedAt(), [0]);
  await stop();
});

Deno.test("runWatcher() measures with the clock that cannot jump", async () => {
  const { source, clock, openedAt, stop } = await live();
  await clock.advance(10_000);
  clock.jump(3_600_000);
  await clock.advance(34_999);
  assert.deepEqual(openedAt(), [0]);
  source.lastWatch.end();
  clock.jump(-7_200_000);
  await clock.advance(0);
  source.lastWatch.accept().end();
  await clock.advance(999);
  assert.equal(openedAt().length, 2, "after a watch that had not lived it waits");
  await clock.advance(1);
  assert.equal(openedAt().length, 3);
  await stop();
});
