/** Time as an argument: sleeping on a clock that the test owns, and timestamps as Kubernetes writes them. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { sleep, toTimestamp } from "../../lib/api/clock.ts";
import { ManualClock } from "../support/manual_clock.ts";

Deno.test("sleep() ends exactly when its time is over", async () => {
  const clock = new ManualClock();
  let awake = false;
  sleep(clock, 1500, new AbortController().signal).then(() => awake = true);
  await clock.advance(1499);
  assert.equal(awake, false);
  await clock.advance(1);
  assert.equal(awake, true);
});

Deno.test("sleep() ends at once when its signal aborts, and leaves nothing waiting on the clock", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const sleeping = sleep(clock, 1500, controller.signal);
  assert.equal(clock.pending, 1);
  controller.abort(new Error("shutting down"));
  await sleeping;
  assert.equal(clock.pending, 0);
});

Deno.test("sleep() does not even ask the clock when its signal has already aborted", async () => {
  const clock = new ManualClock();
  const sleeping = sleep(clock, 1500, AbortSignal.abort());
  assert.equal(clock.pending, 0);
  await sleeping;
});

Deno.test("sleep() lets go of its signal when it is over", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  const sleeping = sleep(clock, 1, signal);
  assert.equal(listeners, 1);
  await clock.advance(1);
  await sleeping;
  assert.equal(listeners, 0);
});

for (
  const [ms, text, why] of [
    [0, "1970-01-01T00:00:00Z", "the epoch"],
    [Date.UTC(2026, 1, 22, 10), "2026-02-22T10:00:00Z", "a whole second"],
    [Date.UTC(2026, 1, 22, 10) + 999, "2026-02-22T10:00:00Z", "rounded down, never into the future"],
    [Date.UTC(2024, 1, 29, 23, 59, 59), "2024-02-29T23:59:59Z", "a leap day"],
  ] as const
) {
  Deno.test(`toTimestamp() writes ${text}: ${why}`, () => assert.equal(toTimestamp(ms), text));
}

Deno.test("toTimestamp() loses less than a second of any time", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 0) }), (ms) => {
    assert.match(toTimestamp(ms), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(Date.parse(toTimestamp(ms)), ms - ms % 1000);
  }));
});
