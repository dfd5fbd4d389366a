/** What ends `reconcile` at once: whatever cannot heal by itself, in one sentence and with the right exit code. */

import assert from "node:assert/strict";
import { type Captured, captured } from "../support/captured.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { run } from "../support/program.ts";
import { startReachable } from "./harness.ts";

/** What the log does not say: the last line, which is the sentence for the person. */
const lastLine = (stderr: string) => stderr.trimEnd().split("\n").at(-1) ?? "";

/** Runs `reconcile` on the cluster of the kubeconfig; one that does not end by itself is told to, and so ends with 0. */
async function reconcile(file: string): Promise<Captured> {
  const timer = setTimeout(() => Deno.kill(Deno.pid, "SIGTERM"), 20_000);
  try {
    return await captured("reconcile", "--metrics-addr", "0", "--kubeconfig", file);
  } finally {
    clearTimeout(timer);
  }
}

for (
  const [what, server, ca, words] of [
    ["is signed by a stranger", "server", "stranger-ca", /unknown authority/],
    ["is for another name", "other-name", "ca", /for another name/],
    ["has expired", "expired", "ca", /has expired/],
  ] as const
) {
  Deno.test(`reconcile gives up at once on a server whose certificate ${what}`, async () => {
    await using listening = Deno.serve(
      { hostname: "127.0.0.1", port: 0, ...certificate(server), onListen() {} },
      () => new Response(),
    );
    const url = `https://127.0.0.1:${listening.addr.port}`;
    using folder = new KubeconfigFolder();
    const file = folder.write(
      "config",
      oneContext({
        name: "test",
        cluster: { server: url, "certificate-authority-data": btoa(certificate(ca).cert) },
      }),
    );
    const { code, stdout, stderr } = await reconcile(file);
    assert.equal(code, 3);
    assert.equal(stdout, "");
    assert.match(lastLine(stderr), /^error: Cannot reach the API server at https:\S+: its certificate /);
    assert.match(lastLine(stderr), words);
    assert.match(lastLine(stderr), /Check certificate-authority .*\(context "test"\)$/);
    assert(!/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("reconcile gives up at once when the kubeconfig's credentials are rejected", async () => {
  await using server = await startReachable({ asProxy: false });
  const { code, stdout, stderr } = await reconcile(server.kubeconfig);
  assert.equal(code, 3);
  assert.equal(stdout, "");
  assert.match(lastLine(stderr), /^error: Cannot .* rejects the credentials of context "test"\. Renew them/);
  assert(!stderr.includes("test-token"));
});

Deno.test("reconcile gives up at once when its port is in use", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using folder = new KubeconfigFolder();
  const file = folder.write("config", oneContext({ name: "test" }));
  const address = `127.0.0.1:${taken.addr.port}`;
  const { code, stdout, stderr } = await run(
    ["reconcile", "--kubeconfig", file, "--metrics-addr", address],
  );
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.equal(
    lastLine(stderr),
    `error: Cannot serve metrics on ${address}: the port is in use. Pass another --metrics-addr, or 0 to turn it off.`,
  );
});
