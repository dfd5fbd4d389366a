/** What is told of the runtime's failures: why, and nothing else. */

import assert from "node:assert/strict";
import { BuildError, reason, runDeno } from "../../../tools/compile/run_deno.ts";

for (
  const [what, stderr, said] of [
    [
      "a chain of causes, each once",
      "error: Writing deno compile executable to temporary file '/x'\n\nCaused by:\n    0: Setting up base binary.\n" +
      "    1: error sending request: client error: dns error\n    2: client error\n    3: dns error\n\nStack backtrace:\n   0: <unknown>\n",
      "Setting up base binary: error sending request: client error: dns error",
    ],
    ["a single cause", "error: Cannot\n\nCaused by:\n    it is not there\n", "it is not there"],
    [
      "an error without causes",
      "error: bundling failed.\n\nStack backtrace:\n   0: <unknown>\n",
      "bundling failed",
    ],
  ] as const
) {
  Deno.test(`reason() finds ${what}`, () => assert.equal(reason(stderr), said));
}

Deno.test("runDeno() says what it could not do and why, in one sentence", async () => {
  await assert.rejects(runDeno(["eval", "--bogus"], "do it"), (error: BuildError) => {
    assert.deepEqual([error.name, error.exitCode], ["BuildError", 1]);
    assert.match(error.message, /^Cannot do it: unexpected argument '--bogus' found\.$/);
    return true;
  });
});
