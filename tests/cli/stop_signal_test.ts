/** Requests to stop: the first is obeyed in good order, even when a task runner sends it twice. */

import assert from "node:assert/strict";
import { Program } from "../support/program.ts";

Deno.test("a Ctrl+C that arrives twice at once still ends the program in good order, with 0", async () => {
  const dir = await Deno.makeTempDir();
  const kubeconfig = `${dir}/kubeconfig`;
  await Deno.writeTextFile(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:9" } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    }),
  );
  await using operator = new Program([
    "reconcile",
    "--metrics-addr",
    "127.0.0.1:0",
    "--kubeconfig",
    kubeconfig,
  ]);
  await operator.says("serving health and metrics");
  operator.signal("SIGINT");
  operator.signal("SIGINT");
  const { code, stderr } = await operator.end();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /"stopped"/);
  await Deno.remove(dir, { recursive: true });
});
