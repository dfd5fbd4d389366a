/** A proxy that nobody has named for the API server: told once, and gone through all the same. */

import assert from "node:assert/strict";
import { PROXY_VARIABLES } from "../../lib/kube/proxies.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackProxy } from "../support/loopback_proxy.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { type Ended, run } from "../support/program.ts";
import { refusal } from "../support/replies.ts";

/** Runs a command under those variables on a server that rejects it, with a proxy in between. */
async function runThroughProxy(command: readonly string[], environment: Record<string, string>): Promise<{
  readonly ended: Ended;
  readonly host: string;
  readonly viaProxy: boolean;
}> {
  await using server = await LoopbackServer.start(Array(20).fill(refusal(401, "Unauthorized")), {
    tls: { certificate: "server" },
  });
  await using proxy = await LoopbackProxy.start(function (client) {
    this.tunnel(client, server.port, "HTTP/1.1 200 OK\r\n\r\n");
  });
  using folder = new KubeconfigFolder();
  const cluster = { server: server.url, "certificate-authority-data": btoa(certificate("ca").cert) };
  const file = folder.write("config", oneContext({ cluster }));
  const none = Object.fromEntries(PROXY_VARIABLES.map((name) => [name, ""]));
  const env = { ...none, HTTPS_PROXY: `http://jane:hunter2@127.0.0.1:${proxy.port}`, ...environment };
  const ended = await run([...command, "--kubeconfig", file], undefined, env);
  const host = `https://127.0.0.1:${server.port}`;
  return { ended, host, viaProxy: proxy.wasAskedFor(host) };
}

const sentence = (host: string) =>
  `The API server at ${host} is reached through the proxy that HTTPS_PROXY names: ` +
  "add 127.0.0.1 to NO_PROXY if that is not meant.";

for (const command of [["crd", "install"], ["crd", "uninstall", "--yes"], ["check"]]) {
  Deno.test(`${command.join(" ")} warns once of a proxy that is not meant for the API server`, async () => {
    const { ended, host, viaProxy } = await runThroughProxy(command, { NO_PROXY: "10.0.0.0/8" });
    const [first, ...rest] = ended.stderr.trimEnd().split("\n");
    assert.equal(first, `warning: ${sentence(host)}`);
    assert.doesNotMatch(rest.join("\n"), /proxy/i);
    assert.equal(viaProxy, true);
    assert.notEqual(ended.code, 0);
  });
}

Deno.test("reconcile logs it as a warning, once", async () => {
  const { ended, host } = await runThroughProxy(
    ["reconcile", "--metrics-addr", "0", "--log-format", "json"],
    {},
  );
  const records = ended.stderr.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  const warnings = records.filter(({ message }) => message === "look at the proxy settings");
  assert.deepEqual(warnings.map(({ level, problem }) => [level, problem]), [["WARN", sentence(host)]]);
  assert(!ended.stderr.includes("hunter2"));
  assert.equal(ended.code, 3);
});

Deno.test("Nothing is said of a proxy from which the API server's network is excepted", async () => {
  const { ended, viaProxy } = await runThroughProxy(["crd", "install"], {
    NO_PROXY: "10.0.0.0/8,127.0.0.0/8",
  });
  assert.doesNotMatch(ended.stderr, /proxy/i);
  assert.equal(viaProxy, false);
});
