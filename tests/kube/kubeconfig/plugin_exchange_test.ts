/** What reaches a credential plugin, and what becomes of what it prints. */

import assert from "node:assert/strict";
import { certificate } from "../../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { LoopbackServer } from "../../support/loopback_server.ts";
import { json } from "../../support/replies.ts";
import { credentialsFrom, getWith } from "../harness.ts";
import { CA, printing, tokenOf, V1, withPlugin } from "./plugin_users.ts";

for (const apiVersion of [V1, "client.authentication.k8s.io/v1beta1"]) {
  Deno.test(`pluginIdentity() speaks ${apiVersion}`, async () => {
    using folder = new KubeconfigFolder();
    const script = `echo "$KUBERNETES_EXEC_INFO" | sed 's/"spec".*/"status":{"token":"t"}}/'`;
    const content = withPlugin(folder, script, { exec: { apiVersion } });
    assert.equal(await tokenOf(folder, content), "t");
  });
}

Deno.test("pluginIdentity() hands on arguments, its own variables, and all of ours", async () => {
  using folder = new KubeconfigFolder();
  const script = `printf '{"status":{"token":"%s"}}' "$1|$2|$OWN|$AWS_PROFILE|$HOME"`;
  const exec = {
    args: ["a b", 7],
    env: [{ name: "OWN", value: "own" }, { name: "HOME", value: "/elsewhere" }],
  };
  Deno.env.set("AWS_PROFILE", "production");
  try {
    assert.equal(
      await tokenOf(folder, withPlugin(folder, script, { exec })),
      "a b|7|own|production|/elsewhere",
    );
    const none = { args: null, env: null };
    assert.match(await tokenOf(folder, withPlugin(folder, script, { exec: none })), /^\|\|\|production\|/);
  } finally {
    Deno.env.delete("AWS_PROFILE");
  }
});

Deno.test("pluginIdentity() describes the cluster to a plugin that wants to know, and only to that", async () => {
  using folder = new KubeconfigFolder();
  folder.write("ca.crt", "the CA");
  const script =
    `printf '{"status":{"token":"%s"}}' "$(echo "$KUBERNETES_EXEC_INFO" | od -An -tx1 | tr -d ' \\n')"`;
  const cluster = {
    server: "https://a:6443",
    "certificate-authority": "ca.crt",
    extensions: [{ name: "other" }, {
      name: "client.authentication.k8s.io/exec",
      extension: { audience: "x", n: 1 },
    }],
  };
  const told = async (exec: object) => {
    const token = await tokenOf(folder, withPlugin(folder, script, { cluster, exec }));
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromHex(token)));
  };
  assert.deepEqual(await told({ provideClusterInfo: true }), {
    apiVersion: V1,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      cluster: {
        server: "https://a:6443",
        "certificate-authority-data": btoa("the CA"),
        config: { audience: "x", n: 1 },
      },
    },
  });
  assert.deepEqual((await told({ provideClusterInfo: false })).spec, { interactive: false });
});

for (
  const [mode, terminal, interactive] of [
    [undefined, true, true],
    ["IfAvailable", true, true],
    ["IfAvailable", false, false],
    ["Never", true, false],
    ["Always", true, true],
  ] as const
) {
  Deno.test(`pluginIdentity() tells a plugin of mode ${mode} ${terminal ? "at a" : "without a"} terminal: ${interactive}`, async () => {
    using folder = new KubeconfigFolder();
    // The four letters after `interactive":`.
    const script = `printf '{"status":{"token":"%.4s"}}' "\${KUBERNETES_EXEC_INFO##*interactive??}"`;
    const content = withPlugin(folder, script, { exec: { interactiveMode: mode } });
    const token = await tokenOf(folder, content, { terminal });
    assert.equal(token, String(interactive).slice(0, 4));
  });
}

Deno.test("pluginIdentity() shows a server the certificate that a plugin prints", async () => {
  using folder = new KubeconfigFolder();
  await using server = await LoopbackServer.start([json({ major: "1" })], {
    tls: { certificate: "server", clients: true },
  });
  const { cert, key } = certificate("client-ec");
  const status = { clientCertificateData: cert, clientKeyData: key };
  const path = folder.write("credential", JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status }));
  const content = withPlugin(folder, `cat ${path}`, { cluster: { ...CA, server: server.url } });
  assert.deepEqual(await getWith(await credentialsFrom(folder, content)), { major: "1" });
});

Deno.test("pluginIdentity() finds a command with a slash from the kubeconfig on, and any other in PATH", async () => {
  using folder = new KubeconfigFolder();
  folder.program("bin/my-plugin", printing({ token: "relative" }));
  const of = (command: string) =>
    tokenOf(folder, oneContext({ user: { token: undefined, exec: { apiVersion: V1, command } } }));
  assert.equal(await of("bin/my-plugin"), "relative");
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", `${folder.path}/bin:${path}`);
  try {
    assert.equal(await of("my-plugin"), "relative");
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("pluginIdentity() does not mind how much a plugin says on stderr", async () => {
  using folder = new KubeconfigFolder();
  const script = `head -c 3000000 /dev/zero >&2\n${printing({ token: "t" })}`;
  assert.equal(await tokenOf(folder, withPlugin(folder, script)), "t");
});
