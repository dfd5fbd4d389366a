/** Whoever writes over a policy's status is answered at once, and ever more slowly if that does not help. */

import assert from "node:assert/strict";
import { Rivals } from "../../lib/operator/rivals.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { recordingLogger } from "../support/recording_logger.ts";

const STRICT = { namespace: "team", name: "strict" };
const LENIENT = { namespace: "team", name: "lenient" };

function setUp() {
  const clock = new ManualClock();
  const { log, records } = recordingLogger();
  return {
    clock,
    rivals: new Rivals({ clock, log }),
    warnings: () => records.map(({ properties }) => properties),
  };
}

Deno.test("rivals.delayMs() doubles from the second answer on, up to half a minute", async () => {
  const { clock, rivals } = setUp();
  const waits: number[] = [];
  for (let i = 0; i < 11; i++) {
    const waitMs = rivals.delayMs(STRICT);
    waits.push(waitMs);
    await clock.advance(waitMs + 1);
  }
  assert.deepEqual(waits, [0, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
});

Deno.test("rivals.delayMs() plans one answer to what is written over several times before it", async () => {
  const { clock, rivals } = setUp();
  assert.equal(rivals.delayMs(STRICT), 0);
  await clock.advance(1);
  assert.equal(rivals.delayMs(STRICT), 200);
  await clock.advance(50);
  assert.equal(rivals.delayMs(STRICT), 150);
  await clock.advance(150);
  assert.equal(rivals.delayMs(STRICT), 400);
});

Deno.test("rivals.delayMs() knows each policy for itself", () => {
  const { rivals } = setUp();
  rivals.delayMs(STRICT);
  assert.equal(rivals.delayMs(LENIENT), 0);
});

for (const [restMs, expected] of [[60_000, 200], [60_001, 0]] as const) {
  Deno.test(`rivals.delayMs() is ${expected} after ${restMs} ms of peace`, async () => {
    const { clock, rivals } = setUp();
    rivals.delayMs(LENIENT);
    rivals.delayMs(STRICT);
    await clock.advance(restMs);
    assert.equal(rivals.delayMs(STRICT), expected);
  });
}

Deno.test("rivals tell once of a fight that does not end, and of each new one", async () => {
  const { clock, rivals, warnings } = setUp();
  const fight = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) await clock.advance(rivals.delayMs(STRICT) + 1);
  };
  await fight(4);
  assert.deepEqual(warnings(), []);
  await fight(6);
  assert.deepEqual(warnings(), [{ policy: "team/strict" }]);
  await clock.advance(61_000);
  await fight(5);
  assert.equal(warnings().length, 2);
});
