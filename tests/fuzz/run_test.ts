/** `deno task fuzz` as a process: it tries what it is told to, and says so. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

async function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL("./run.ts", import.meta.url)), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("deno task fuzz says how much it tried, and from which seed to do it again", async () => {
  assert.deepEqual(await run("--target", "image reference", "--seed", "7", "--count", "20"), {
    code: 0,
    stdout: "image reference: 20 attempts from seed 7, and nothing found\n",
    stderr: "",
  });
});

Deno.test("deno task fuzz refuses a target that there is not, and names those that there are", async () => {
  const { code, stdout, stderr } = await run("--target", "anything");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^There is no target "anything"; there are: (.+, )*image reference, .+\.\n$/);
});
