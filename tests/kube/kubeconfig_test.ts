/** Kubeconfigs that work: who the server is, who we are, and which of several files counts. */

import assert from "node:assert/strict";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { json } from "../support/replies.ts";

const [ca, client] = [certificate("ca").cert, certificate("client-rsa")];
const noTls = { ca: undefined, client: undefined };

/** The credentials of one file's current context. */
function of(folder: KubeconfigFolder, content: object, context?: string) {
  return kubeconfigCredentials({ paths: [folder.write("config", content)], context });
}

Deno.test("kubeconfigCredentials() gives server, origin and token of the current context", async () => {
  using folder = new KubeconfigFolder();
  const credentials = await of(folder, oneContext({ cluster: { server: "https://10.0.0.1:6443//" } }));
  const { server, origin, renews } = credentials;
  assert.deepEqual({ server, origin, renews }, {
    server: "https://10.0.0.1:6443",
    origin: 'context "dev"',
    renews: false,
  });
  assert.deepEqual(await credentials.access(), {
    headers: { authorization: "Bearer dev-token" },
    tls: noTls,
  });
});

Deno.test("kubeconfigCredentials() reads a kubeconfig in JSON, too", async () => {
  using folder = new KubeconfigFolder();
  const path = folder.write("config", JSON.stringify(oneContext()));
  assert.equal((await kubeconfigCredentials({ paths: [path], context: undefined })).origin, 'context "dev"');
});

Deno.test("kubeconfigCredentials() decodes certificates that are in the file", async () => {
  using folder = new KubeconfigFolder();
  const credentials = await of(
    folder,
    oneContext({
      cluster: { "certificate-authority-data": btoa(ca) },
      user: {
        token: undefined,
        "client-certificate-data": btoa(client.cert),
        "client-key-data": btoa(client.key),
      },
    }),
  );
  assert.deepEqual(await credentials.access(), { headers: {}, tls: { ca, client } });
});

Deno.test("kubeconfigCredentials() reads certificates from files, relative to the kubeconfig", async () => {
  using folder = new KubeconfigFolder();
  folder.write("pki/ca.crt", ca);
  const cert = folder.write("elsewhere/client.crt", client.cert);
  folder.write("client.key", client.key);
  const content = oneContext({
    cluster: { "certificate-authority": "pki/ca.crt" },
    user: { token: undefined, "client-certificate": cert, "client-key": "client.key" },
  });
  assert.deepEqual((await (await of(folder, content)).access()).tls, { ca, client });
});

Deno.test("kubeconfigCredentials() serves a transport over TLS with a client certificate", async () => {
  using folder = new KubeconfigFolder();
  await using server = await LoopbackServer.start([json({})], {
    tls: { certificate: "server", clients: true },
  });
  const credentials = await of(
    folder,
    oneContext({
      cluster: { server: server.url, "certificate-authority-data": btoa(ca) },
      user: { "client-certificate-data": btoa(client.cert), "client-key-data": btoa(client.key) },
    }),
  );
  const transport = new Transport({ credentials, userAgent: "test" });
  const { signal } = new AbortController();
  await (await transport.fetch(signal)(new Request(`${credentials.server}/version`))).json();
  transport.close();
  assert.equal(server.requests[0]?.headers.get("authorization"), "Bearer dev-token");
});

Deno.test("kubeconfigCredentials() sends nothing that identifies to a server without TLS, as kubectl does", async () => {
  using folder = new KubeconfigFolder();
  const credentials = await of(folder, oneContext({ cluster: { server: "http://127.0.0.1:8001" } }));
  assert.equal(credentials.server, "http://127.0.0.1:8001");
  assert.deepEqual(await credentials.access(), { headers: {}, tls: noTls });
});

Deno.test("kubeconfigCredentials() acts as the user that the kubeconfig names", async () => {
  using folder = new KubeconfigFolder();
  const { headers } = await (await of(folder, oneContext({ user: { as: "jane" } }))).access();
  assert.deepEqual(headers, { authorization: "Bearer dev-token", "impersonate-user": "jane" });
});

Deno.test("kubeconfigCredentials() takes the context that was asked for", async () => {
  using folder = new KubeconfigFolder();
  const [dev, prod] = [oneContext(), oneContext({ name: "prod" })];
  const both = {
    ...dev,
    clusters: [...dev.clusters, ...prod.clusters],
    users: [...dev.users, ...prod.users],
    contexts: [...dev.contexts, ...prod.contexts],
  };
  const credentials = await of(folder, both, "prod");
  assert.equal(credentials.server, "https://prod.example:6443");
  assert.equal((await credentials.access()).headers.authorization, "Bearer prod-token");
  assert.equal((await of(folder, both)).server, "https://dev.example:6443");
  assert.equal((await of(folder, { ...both, "current-context": "" }, "prod")).origin, 'context "prod"');
});

Deno.test("kubeconfigCredentials() merges files: of equal names, and of current contexts, the first counts", async () => {
  using folder = new KubeconfigFolder();
  const none = folder.write("a", { apiVersion: "v1", kind: "Config" });
  const first = folder.write("b", { ...oneContext({ user: { token: "first" } }), contexts: [] });
  const second = folder.write("c", {
    ...oneContext({
      user: { token: "second" },
      cluster: { server: "https://second.example" },
      current: "other",
    }),
  });
  const third = folder.write("d", oneContext({ name: "prod" }));
  const paths = [none, first, second, third];
  const credentials = await kubeconfigCredentials({ paths, context: undefined });
  assert.equal(credentials.server, "https://dev.example:6443");
  assert.equal((await credentials.access()).headers.authorization, "Bearer first");
  const other = await kubeconfigCredentials({ paths, context: "prod" });
  assert.equal(other.server, "https://prod.example:6443");
});

Deno.test("kubeconfigCredentials() takes relative paths from the file that they are in", async () => {
  using folder = new KubeconfigFolder();
  folder.write("b/ca.crt", ca);
  const first = folder.write("a/config", { "current-context": "dev" });
  const second = folder.write("b/config", oneContext({ cluster: { "certificate-authority": "ca.crt" } }));
  const credentials = await kubeconfigCredentials({ paths: [first, second], context: undefined });
  assert.equal((await credentials.access()).tls.ca, ca);
});

Deno.test("kubeconfigCredentials() reads the files again after a rejection, and not before", async () => {
  using folder = new KubeconfigFolder();
  folder.write("ca.crt", "first");
  const credentials = await of(folder, oneContext({ cluster: { "certificate-authority": "ca.crt" } }));
  const access = await credentials.access();
  folder.write("ca.crt", "second");
  assert.equal(await credentials.access(), access);
  credentials.rejected();
  assert.equal((await credentials.access()).tls.ca, "second");
});

Deno.test("kubeconfigCredentials() runs a credential plugin", async () => {
  using folder = new KubeconfigFolder();
  const credential = { kind: "ExecCredential", status: { token: "from-plugin" } };
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: Deno.execPath(),
    args: ["eval", `console.log(${JSON.stringify(JSON.stringify(credential))})`],
  };
  const credentials = await of(folder, oneContext({ user: { token: undefined, exec } }));
  assert.deepEqual((await credentials.access()).headers, { authorization: "Bearer from-plugin" });
});
