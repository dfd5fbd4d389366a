/** The transport of a command: its watches keep to the proxies of the environment, as its short calls do by themselves. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { PROXY_VARIABLES } from "../../lib/kube/proxies.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackProxy } from "../support/loopback_proxy.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { stream } from "../support/replies.ts";

const SCRIPT = fileURLToPath(new URL("./watch_once.ts", import.meta.url));

/** A process of its own: all tests that run at once share one environment. */
async function watchOnce(kubeconfig: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SCRIPT, kubeconfig],
    env: { ...Object.fromEntries(PROXY_VARIABLES.map((name) => [name, ""])), ...environment },
  }).output();
  return new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr);
}

for (
  const [what, variable, exceptions, viaProxy] of [
    ["through HTTPS_PROXY", "HTTPS_PROXY", undefined, true],
    ["through all_proxy", "all_proxy", undefined, true],
    ["through no proxy that NO_PROXY keeps off", "HTTPS_PROXY", "127.0.0.0/8", false],
    ["through no proxy for other servers", "HTTP_PROXY", undefined, false],
  ] as const
) {
  Deno.test(`A command watches ${what}`, async () => {
    await using server = await LoopbackServer.start([stream(["first"])], { tls: { certificate: "server" } });
    await using proxy = await LoopbackProxy.start(function (client) {
      this.tunnel(client, server.port, "HTTP/1.1 200 OK\r\n\r\n");
    });
    using folder = new KubeconfigFolder();
    const cluster = { server: server.url, "certificate-authority-data": btoa(certificate("ca").cert) };
    const kubeconfig = folder.write("config", oneContext({ cluster }));
    const answer = await watchOnce(kubeconfig, {
      [variable]: `http://127.0.0.1:${proxy.port}`,
      ...(exceptions !== undefined && { NO_PROXY: exceptions }),
    });
    assert.equal(answer, "first\n");
    assert.equal(proxy.wasAskedFor(server.url), viaProxy);
    assert.equal(server.requests[0]?.headers.has("accept-encoding"), viaProxy);
  });
}
