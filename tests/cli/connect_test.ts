/** The transport of a command: its watches keep to the proxies of the environment, as its short calls do by themselves. */

import assert from "node:assert/strict";
import { withClusterAccess } from "../../lib/cli/connect.ts";
import { PROXY_VARIABLES } from "../../lib/kube/proxies.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackProxy } from "../support/loopback_proxy.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { stream } from "../support/replies.ts";

/** Has `run` see those variables, and no others of proxies. */
async function under(environment: Readonly<Record<string, string>>, run: () => Promise<void>): Promise<void> {
  const before = PROXY_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of PROXY_VARIABLES) Deno.env.delete(name);
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
  try {
    await run();
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  }
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
    const environment = {
      [variable]: `http://127.0.0.1:${proxy.port}`,
      ...(exceptions !== undefined && { NO_PROXY: exceptions }),
    };
    await under(environment, () =>
      withClusterAccess({ kubeconfig }, "watch", async ({ transport }) => {
        const connection = transport.connect();
        const response = await connection.fetch(new AbortController().signal)(new Request(transport.server));
        assert.equal(await response.text(), "first");
        connection.close();
      }));
    assert.equal(proxy.wasAskedFor(server.url), viaProxy);
    assert.equal(server.requests[0]?.headers.has("accept-encoding"), viaProxy);
  });
}
