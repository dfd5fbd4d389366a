/** The demo as a whole: its story comes true on the sandbox, over real HTTP, and it leaves nothing behind. */

import assert from "node:assert/strict";
import { run } from "../../support/program.ts";

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
