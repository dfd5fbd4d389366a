/** The demo with a large cluster: how soon all its policies tell the truth, and in how much memory, the API server included. */

import assert from "node:assert/strict";
import { run } from "../support/program.ts";

Deno.test("demo --once --pods 20000 --policies 200 is true within 5 s, in less than 250 MB", async () => {
  const { code, stdout, stderr } = await run(["demo", "--once", "--pods", "20000", "--policies", "200"]);
  assert.equal(code, 0, stderr);
  const [, time, unit] =
    /meets 20000 pods under 200 policies\n[^]*?^✓ true after ([\d.]+) (m?s)$/m.exec(stdout) ?? [];
  const seconds = Number(time) / (unit === "ms" ? 1_000 : 1);
  assert.ok(seconds < 5, `${seconds} s`);
  const megabytes = Number(/ (\d+) MB of memory\.$/m.exec(stdout)?.[1]);
  assert.ok(megabytes < 250, `${megabytes} MB`);
});
