/** How `check` ends where there is nothing to ask, and what its table looks like, on a terminal and elsewhere. */

import assert from "node:assert/strict";
import { PERMISSIONS } from "../../lib/operator/permissions.ts";
import { captured } from "../support/captured.ts";
import { refusing, UNAUTHORIZED } from "../support/faults.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { NO_TERMINAL, onTerminal } from "../support/terminal.ts";
import { startReachable } from "./harness.ts";

Deno.test("check ends with 3 and one sentence when the cluster is not reached", async () => {
  using folder = new KubeconfigFolder();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const server = `https://127.0.0.1:${listener.addr.port}`;
  const file = folder.write("config", oneContext({ name: "test", cluster: { server } }));
  const { code, stdout, stderr } = await captured("check", "--kubeconfig", file);
  assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
  assert.match(
    stderr,
    /(^|\n)error: Cannot reach the API server at \S+: connection refused\. Is the cluster running\? \(context "test"\)\n$/,
  );
});

Deno.test("check ends with 3 and one sentence when the credentials are rejected", async () => {
  await using server = await startReachable();
  server.cluster.fault = refusing(UNAUTHORIZED, () => true);
  const { code, stdout, stderr } = await captured("check", "--kubeconfig", server.kubeconfig, "-o", "json");
  assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
  assert.match(
    stderr,
    /^error: Cannot check the cluster: \S+ rejects the credentials of context "test"\. [^\n]*\n$/,
  );
});

Deno.test("check ends with 3 when the credentials are rejected half-way", async () => {
  await using server = await startReachable();
  server.cluster.fault = refusing(UNAUTHORIZED, ({ resource }) => resource === "selfsubjectaccessreviews");
  const { code, stdout } = await captured("check", "--kubeconfig", server.kubeconfig);
  assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
});

/** The server, its clock, the definition, each right, and two watches. */
const ROWS = 3 + PERMISSIONS.length + 2;

Deno.test("check without -o prints the same as an aligned table, without colours where there is no terminal", async () => {
  await using server = await startReachable();
  await server.cluster.install();
  const { code, stdout, stderr } = await captured("check", "--kubeconfig", server.kubeconfig);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  const at = lines[0]!.indexOf("ANSWER");
  assert.equal(lines.length, 1 + ROWS);
  for (const line of lines.slice(1)) assert.match(line.slice(at), /^ok {7}\S/);
  // deno-lint-ignore no-control-regex -- that there is none is the point
  assert.doesNotMatch(stdout, /\x1b/);
});

for (
  const [what, NO_COLOR, colours] of [["in colours", "", ROWS], [
    "without colours under NO_COLOR",
    "1",
    0,
  ]] as const
) {
  Deno.test({
    name: `check on a terminal shows the same rows ${what}`,
    ignore: NO_TERMINAL,
    async fn() {
      await using server = await startReachable();
      await server.cluster.install();
      const args = ["check", "--kubeconfig", server.kubeconfig];
      const { code, shown } = await onTerminal(args, { env: { NO_COLOR } });
      assert.equal(code, 0, shown);
      assert.equal(shown.split("\x1b[32mok\x1b[0m").length - 1, colours);
      const { stdout } = await captured(...args);
      // deno-lint-ignore no-control-regex -- colours, and the place of progress, are made of it
      const plain = shown.replaceAll(/\x1b\[\d+m|\r[^\n]*\x1b\[2K|\r(?=\n)/g, "");
      assert.equal(plain, stdout);
    },
  });
}
