/** Stretches: long work rests when its time is over, whoever shares it, and short work never does. */

import assert from "node:assert/strict";
import { Stretch } from "../../lib/api/stretch.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

Deno.test("Stretch is over after 5 ms of work, however it is divided", () => {
  for (const pieces of [[5], [3, 2], [1, 1, 1, 1, 1], [4.9, 20]]) {
    const clock = new BusyClock();
    const stretch = new Stretch(clock);
    assert.equal(stretch.isOver, false);
    for (const [i, ms] of pieces.entries()) {
      clock.work(ms);
      assert.equal(stretch.isOver, i === pieces.length - 1);
    }
    assert.equal(stretch.isOver, true, "until somebody rests");
  }
});

Deno.test("Stretch takes a time in which nobody looked at it for a pause, not for work", async () => {
  const clock = new ManualClock();
  const stretch = new Stretch(clock);
  assert.equal(stretch.isOver, false);
  await clock.advance(101);
  assert.equal(stretch.isOver, false);
  await clock.advance(4);
  assert.equal(stretch.isOver, false);
  await clock.advance(1);
  assert.equal(stretch.isOver, true);
  // On a machine that is throttled, work itself takes as long.
  await clock.advance(100);
  assert.equal(stretch.isOver, true);
});

Deno.test("rest() waits for a turn of the event loop, together with all who rest, and begins a new stretch", async () => {
  const clock = new ManualClock();
  const stretch = new Stretch(clock);
  assert.equal(stretch.isOver, false);
  await clock.advance(10);
  const rested: string[] = [];
  stretch.rest().then(() => rested.push("first"));
  stretch.rest().then(() => rested.push("second"));
  await settled();
  assert.equal(rested.length, 0);
  assert.equal(clock.pending, 1);
  await clock.advance(0);
  assert.equal(rested.join(), "first,second");
  assert.equal(stretch.isOver, false);
  await clock.advance(10);
  assert.equal(stretch.isOver, true);
  stretch.rest().then(() => rested.push("third"));
  await clock.advance(0);
  assert.equal(rested.at(-1), "third");
});

Deno.test("forEach() works on everything in order, and lets others in between at least every 10 ms", async () => {
  const clock = new BusyClock();
  const items = Array.from({ length: 20_000 }, (_, i) => i);
  const seen: number[] = [];
  await new Stretch(clock).forEach(items, (item) => {
    seen.push(item);
    clock.work(0.05);
  });
  assert.deepEqual(seen, items);
  assert(clock.longest <= 10, `${clock.longest} ms at a stretch`);
  assert(clock.turns >= 50);
});

Deno.test("forEach() of several at once lets others in between as often as one alone", async () => {
  const clock = new BusyClock();
  const stretch = new Stretch(clock);
  const items = Array.from({ length: 2_000 }, (_, i) => i);
  await Promise.all(Array.from({ length: 16 }, () => stretch.forEach(items, () => clock.work(0.01))));
  assert(clock.longest <= 10 + 16 * 64 * 0.01, `${clock.longest} ms at a stretch`);
});

Deno.test("forEach() of few ends before anybody else has had a turn", () => {
  const stretch = new Stretch(new BusyClock());
  const seen: number[] = [];
  stretch.forEach([1, 2, 3], (item) => seen.push(item));
  assert.deepEqual(seen, [1, 2, 3]);
});

Deno.test("forEach() throws what its work throws, and works no further", async () => {
  const seen: number[] = [];
  const work = (item: number) => {
    seen.push(item);
    if (item === 2) throw new RangeError("a bug");
  };
  await assert.rejects(new Stretch(new BusyClock()).forEach([1, 2, 3], work), RangeError);
  assert.deepEqual(seen, [1, 2]);
});
