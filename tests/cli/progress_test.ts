/** Progress: nothing of what is quick, now and then a line in a log, and one line that changes on a terminal. */

import assert from "node:assert/strict";
import { startProgress } from "../../lib/cli/progress.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** Starts progress that counts how often it was described, and tells what was written so far. */
function started({ isTerminal }: { isTerminal: boolean }) {
  const clock = new ManualClock();
  let [said, count] = ["", 0];
  const tell = (text: string, end: string) => void (said += text + end);
  const progress = startProgress(() => `step ${++count}`, { clock, isTerminal, tell });
  return { clock, progress, said: () => said };
}

for (const isTerminal of [true, false]) {
  Deno.test(`startProgress() ${isTerminal ? "on a terminal" : "in a log"} says nothing of what is over within a second`, async () => {
    const { clock, progress, said } = started({ isTerminal });
    await clock.advance(999);
    progress[Symbol.dispose]();
    await clock.advance(60_000);
    assert.equal(said(), "");
    assert.equal(clock.pending, 0);
  });
}

Deno.test("startProgress() tells a log after a second, and then every ten", async () => {
  const { clock, progress, said } = started({ isTerminal: false });
  await clock.advance(1_000);
  assert.equal(said(), "step 1\n");
  await clock.advance(9_999);
  assert.equal(said(), "step 1\n");
  await clock.advance(1);
  progress[Symbol.dispose]();
  await clock.advance(60_000);
  assert.equal(said(), "step 1\nstep 2\n");
});

Deno.test("startProgress() writes one line over the other on a terminal, every second, and takes it away at the end", async () => {
  const { clock, progress, said } = started({ isTerminal: true });
  await clock.advance(2_000);
  progress[Symbol.dispose]();
  await clock.advance(60_000);
  assert.equal(said(), "\r\x1b[2Kstep 1\r\x1b[2Kstep 2\r\x1b[2K");
});
