/** The demo as a whole: its story comes true on the sandbox, over real HTTP, and it leaves nothing behind. */

import assert from "node:assert/strict";
import { Program, run } from "../../support/program.ts";

Deno.test("demo --once plays the story without a terminal, and exits 0 because all of it came true", async () => {
  const { code, stdout, stderr } = await run(["demo", "--once", "--pods", "60", "--policies", "3"]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^▶ The payments team deletes its policy, and the operator lets it go$/m);
  assert.match(stdout, /^production\/default-policy +█{20} 100 +Healthy +0 +2 /m);
  assert.match(stdout, /^staging\/strict .* breaks-pending-duration: Pending for longer than 3 s$/m);
  assert.match(stdout, /^All \d+ scenes came true\./m);
  assert.equal(stdout.includes("\u001b"), false, "no colours and no cursor movement");
});

Deno.test("demo says in one sentence that its port is in use, or is none", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const inUse = await run(["demo", "--once", "--port", String(taken.addr.port)]);
  assert.equal(inUse.code, 2);
  assert.match(
    inUse.stderr,
    /^error: Cannot serve the demo on port \d+: it is in use\. Pass another --port.*\n$/,
  );
  const none = await run(["demo", "--port", "70000"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /Write a port from 1 to 65535/);
});

for (const moment of ["Join in from a second terminal", "Three teams write", "production/default-policy: "]) {
  Deno.test(`demo ends with 0 and without a complaint when it is told to stop at "${moment}"`, async () => {
    await using demo = new Program(["demo"]);
    await demo.says(moment, "stdout");
    demo.signal("SIGINT");
    const { code, stderr } = await demo.end();
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
}
