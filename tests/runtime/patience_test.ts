/** Patience: it lasts for as long as there are signs, ends when there was none for its time, and then once. */

import assert from "node:assert/strict";
import { Patience } from "../../lib/runtime/patience.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** Patience of a second, and how often it has ended. */
function second() {
  const clock = new ManualClock();
  const ends: number[] = [];
  const startedAt = clock.monotonic();
  const patience = new Patience(clock, 1_000, () => void ends.push(clock.monotonic() - startedAt));
  return { clock, patience, ends };
}

Deno.test("Patience without a sign ends after its time, once", async () => {
  const { clock, ends } = second();
  await clock.advance(999);
  assert.equal(ends.length, 0);
  await clock.advance(10_000);
  assert.deepEqual(ends, [1_000]);
  assert.equal(clock.pending, 0);
});

Deno.test("Patience ends its time after the last sign, however many there were", async () => {
  const { clock, patience, ends } = second();
  for (const ms of [1, 500, 999, 0, 1_000 - 1, 3]) {
    await clock.advance(ms);
    patience.renew();
  }
  await clock.advance(999);
  assert.equal(ends.length, 0);
  await clock.advance(1);
  assert.deepEqual(ends, [3_502]);
});

Deno.test("Patience takes one timer, whatever the number of signs", async () => {
  const { clock, patience } = second();
  for (let i = 0; i < 100; i++) {
    patience.renew();
    assert.equal(clock.pending, 1);
    await clock.advance(100);
  }
});

for (const when of ["before", "after"]) {
  Deno.test(`Patience that is cancelled ${when} its first timer never ends, and leaves none`, async () => {
    const { clock, patience, ends } = second();
    if (when === "after") {
      await clock.advance(900);
      patience.renew();
      await clock.advance(900);
    }
    patience.cancel();
    assert.equal(clock.pending, 0);
    await clock.advance(10_000);
    assert.equal(ends.length, 0);
  });
}
