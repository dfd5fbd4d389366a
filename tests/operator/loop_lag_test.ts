/** Loop lag: how late a timer comes, the worst of the last minute for everybody who asks. */

import assert from "node:assert/strict";
import type { Clock } from "../../lib/api/clock.ts";
import { measureLoopLag } from "../../lib/operator/loop_lag.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** A clock whose timers come when the test says, however late. */
function lateClock() {
  let now = 0;
  const timers: { readonly at: number; readonly callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  /** Fires the next timer `late` milliseconds after its time. */
  const tick = (late: number) => {
    const timer = timers.shift();
    assert(timer !== undefined);
    now = timer.at + late;
    timer.callback();
  };
  return { clock, tick, pending: () => timers.length };
}

Deno.test("measureLoopLag() tells the longest delay of the last minute in seconds, to all who ask", () => {
  const { clock, tick } = lateClock();
  const read = measureLoopLag(clock, new AbortController().signal);
  assert.equal(read(), 0);
  for (const late of [20, 250, 3]) tick(late);
  assert.equal(read(), 0.25);
  assert.equal(read(), 0.25, "asking changes nothing");
  tick(40);
  const minute = clock.now() + 60_000;
  while (clock.now() < minute - 2_000) tick(0);
  assert.equal(read(), 0.25);
  while (clock.now() < minute - 500) tick(0);
  assert.equal(read(), 0.04);
  while (clock.now() < minute) tick(0);
  assert.equal(read(), 0);
});

Deno.test("measureLoopLag() takes a timer that comes early for one in time", () => {
  const { clock, tick } = lateClock();
  const read = measureLoopLag(clock, new AbortController().signal);
  tick(-1);
  assert.equal(read(), 0);
});

Deno.test("measureLoopLag() measures nothing while timers come in time", async () => {
  const clock = new ManualClock();
  const stopping = new AbortController();
  const read = measureLoopLag(clock, stopping.signal);
  await clock.advance(60_000);
  assert.equal(read(), 0);
  stopping.abort();
  assert.equal(clock.pending, 0);
});

Deno.test("measureLoopLag() sets one timer at a time, and none once its signal has aborted", () => {
  const { clock, tick, pending } = lateClock();
  const stopping = new AbortController();
  measureLoopLag(clock, stopping.signal);
  tick(0);
  tick(0);
  assert.equal(pending(), 1);
  stopping.abort();
  assert.equal(pending(), 0);
  measureLoopLag(clock, stopping.signal);
  assert.equal(pending(), 0);
});
