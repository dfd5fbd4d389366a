/** Whom a command trusts: the cluster's CA and nobody else or, without one, whom the system trusts. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { grantFlags, TRUST_VARIABLES } from "../../lib/cli/grants.ts";
import { decideTrust } from "../../lib/cli/trust.ts";
import { certificate } from "../support/certificates/mod.ts";
import { fromSource } from "../support/launch.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { run } from "../support/program.ts";
import { refusal } from "../support/replies.ts";

/** The authority that signed the server's certificate, as somebody could have it in a store. */
const CA_FILE = fileURLToPath(new URL("../support/certificates/ca.crt", import.meta.url));
/** It in the system's store, which the runtime was told to use, or was not; in the runtime's own; and no store at all. */
const STORES = {
  "system, in use": { SSL_CERT_FILE: CA_FILE, DENO_TLS_CA_STORE: "system" },
  system: { SSL_CERT_FILE: CA_FILE, DENO_TLS_CA_STORE: "" },
  "runtime's own": { DENO_CERT: CA_FILE },
  none: { SSL_CERT_FILE: "/nonexistent", SSL_CERT_DIR: "/nonexistent" },
};
const STRANGER = { "certificate-authority-data": btoa(certificate("stranger-ca").cert) };

const UNKNOWN = /its certificate is signed by an unknown authority\. Check certificate-authority/;
/** What the server says to whoever accepts its certificate. */
const REFUSED = /^error: Not allowed to install /m;

for (
  const [what, store, cluster, launch, words] of [
    [
      "does not trust an authority of the system's beside the cluster's CA",
      "system, in use",
      STRANGER,
      fromSource(),
      UNKNOWN,
    ],
    ["does not, with least permissions", "system, in use", STRANGER, fromSource(grantFlags()), UNKNOWN],
    [
      "does not trust one that the runtime was given either",
      "runtime's own",
      STRANGER,
      fromSource(),
      UNKNOWN,
    ],
    ["trusts the system's authorities where the kubeconfig names none", "system", {}, fromSource(), REFUSED],
    ["trusts them with least permissions", "system", {}, fromSource(grantFlags()), REFUSED],
    ["trusts the runtime's there, too", "runtime's own", {}, fromSource(), REFUSED],
    ["trusts no unknown authority on a system that knows none", "none", {}, fromSource(), UNKNOWN],
  ] as const
) {
  Deno.test(`crd install ${what}`, async () => {
    await using server = await LoopbackServer.start(words === REFUSED ? [refusal(403)] : [], {
      tls: { certificate: "server" },
    });
    using folder = new KubeconfigFolder();
    const content = oneContext({ cluster: { server: server.url, ...cluster } });
    const args = ["crd", "install", "--kubeconfig", folder.write("config", content)];
    const { code, stderr } = await run(args, launch, STORES[store]);
    assert.match(stderr, words);
    assert.equal(code, 3);
    assert.equal(server.requests.length, words === REFUSED ? 1 : 0);
  });
}

Deno.test("To the runtime itself, a client's CA is one more beside all others, which is why there is something to decide", async () => {
  await using server = await LoopbackServer.start([refusal(403)], { tls: { certificate: "server" } });
  const script = `const client = Deno.createHttpClient({ http2: false, caCerts: [${
    JSON.stringify(certificate("stranger-ca").cert)
  }] });
    console.log((await fetch(${JSON.stringify(server.url)}, { client })).status);
    Deno.exit();`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    env: { ...STORES["system, in use"], NO_COLOR: "1" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "403\n");
});

for (
  const [what, ca, told] of [
    [
      "trusts nobody but the cluster's CA on a socket either",
      certificate("stranger-ca").cert,
      "UnknownIssuer",
    ],
    ["trusts that CA there", certificate("ca").cert, "trusted"],
  ] as const
) {
  Deno.test(`decideTrust() ${what}`, async () => {
    await using server = await LoopbackServer.start([], { tls: { certificate: "server" } });
    const module = new URL("../../lib/cli/trust.ts", import.meta.url).href;
    const script = `(await import(${JSON.stringify(module)})).decideTrust({ trustsSystem: false });
      const address = { hostname: "127.0.0.1", port: ${server.port}, caCerts: [${JSON.stringify(ca)}] };
      const connection = await Deno.connectTls(address);
      console.log(await connection.handshake().then(() => "trusted", String));
      Deno.exit();`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      env: { ...STORES["system, in use"], NO_COLOR: "1" },
    }).output();
    assert(new TextDecoder().decode(stdout).trimEnd().endsWith(told));
  });
}

Deno.test("decideTrust() leaves the variables as they were, for credential plugins to see", () => {
  const before = TRUST_VARIABLES.map((name) => Deno.env.get(name));
  for (const trustsSystem of [true, false]) {
    decideTrust({ trustsSystem });
    assert.deepEqual(TRUST_VARIABLES.map((name) => Deno.env.get(name)), before);
  }
});
