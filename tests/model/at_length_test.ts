/** The model at length: ten thousand schedules, every sequence of three things, and every change in the middle of others. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("runOperator() makes all true in the end, in ten thousand schedules and after any three things", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL("./play.ts", import.meta.url))],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});
