/** The demo with a large cluster: how soon all its policies tell the truth, and in how much memory, the API server included. */

import assert from "node:assert/strict";
import { run } from "../support/program.ts";

/** A machine may have other things to do: the best of so many tries counts. */
const TRIES = 3;

/** Seconds until the statuses were true, and megabytes in the end. */
async function played(): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const { code, stdout, stderr } = await run(["demo", "--once", "--pods", "20000", "--policies", "200"]);
  assert.equal(code, 0, stderr);
  const [, time, unit] =
    /meets 20000 pods under 200 policies\n[^]*?^✓ true after ([\d.]+) (m?s)$/m.exec(stdout) ?? [];
  return {
    seconds: Number(time) / (unit === "ms" ? 1_000 : 1),
    megabytes: Number(/ (\d+) MB of memory\.$/m.exec(stdout)?.[1]),
  };
}

Deno.test("demo --once --pods 20000 --policies 200 is true within 5 s, in less than 250 MB", async () => {
  const figures = [];
  for (let i = 0; i < TRIES; i++) {
    const { seconds, megabytes } = await played();
    if (seconds < 5 && megabytes < 250) return;
    figures.push(`${seconds} s, ${megabytes} MB`);
  }
  assert.fail(figures.join("; "));
});
