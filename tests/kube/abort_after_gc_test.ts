// The runtime ties a request to its signal by weak references only; ours must end all the same.

import assert from "node:assert/strict";

Deno.test("a watch ends when its signal aborts, garbage collections in between notwithstanding", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", new URL("abort_after_gc.ts", import.meta.url).pathname],
    stderr: "inherit",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "Error: told to stop\n");
});
