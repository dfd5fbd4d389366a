// The runtime ties a request to its signal by weak references only; ours must end all the same.

import assert from "node:assert/strict";

for (
  const [type, wire] of [["application/json", "client"], ["application/json", "socket"], [
    "application/vnd.kubernetes.protobuf;stream=watch",
    "client",
  ], ["application/vnd.kubernetes.protobuf;stream=watch", "socket"]] as const
) {
  Deno.test(`a watch of ${type} on a ${wire} ends when its signal aborts, garbage collections in between notwithstanding`, async () => {
    const script = new URL("abort_after_gc.ts", import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--v8-flags=--expose-gc", script, type, wire],
      stderr: "inherit",
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "Error: told to stop\n");
  });
}
