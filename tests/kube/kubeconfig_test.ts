/** Kubeconfigs that work: who the server is, who we are, and which of several files counts. */

import assert from "node:assert/strict";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { json, refusal } from "../support/replies.ts";
import { accessFrom, credentialsFrom, getWith } from "./harness.ts";

const [ca, client] = [certificate("ca").cert, certificate("client-rsa")];
const noTls = { ca: undefined, client: undefined };

Deno.test("kubeconfigCredentials() gives server, origin and token of the current context", async () => {
  using folder = new KubeconfigFolder();
  const cluster = { server: "https://10.0.0.1:6443//" };
  const credentials = await credentialsFrom(folder, oneContext({ cluster }));
  const { server, origin, renews, trustsSystem } = credentials;
  assert.deepEqual({ server, origin, renews, trustsSystem }, {
    server: "https://10.0.0.1:6443",
    origin: 'context "dev"',
    renews: false,
    trustsSystem: true,
  });
  assert.deepEqual(await credentials.access(), {
    headers: { authorization: "Bearer dev-token" },
    tls: noTls,
  });
});

Deno.test("kubeconfigCredentials() trusts the cluster's CA alone, where there is one", async () => {
  using folder = new KubeconfigFolder();
  for (const given of [{ "certificate-authority-data": btoa(ca) }, { "certificate-authority": "ca.crt" }]) {
    assert.equal((await credentialsFrom(folder, oneContext({ cluster: given }))).trustsSystem, false);
  }
});

Deno.test("kubeconfigCredentials() serves a transport over TLS with a client certificate", async () => {
  using folder = new KubeconfigFolder();
  await using server = await LoopbackServer.start([json({ major: "1" })], {
    tls: { certificate: "server", clients: true },
  });
  const credentials = await credentialsFrom(
    folder,
    oneContext({
      cluster: { server: server.url, "certificate-authority-data": btoa(ca) },
      user: { "client-certificate-data": btoa(client.cert), "client-key-data": btoa(client.key) },
    }),
  );
  assert.deepEqual(await getWith(credentials), { major: "1" });
  assert.equal(server.requests[0]?.headers.get("authorization"), "Bearer dev-token");
});

Deno.test("kubeconfigCredentials() sends nothing that identifies to a server without TLS, as kubectl does", async () => {
  using folder = new KubeconfigFolder();
  const user = { as: "jane", exec: { command: "/never/run" }, "client-key-data": "never read" };
  const content = oneContext({ cluster: { server: "http://127.0.0.1:8001" }, user });
  const credentials = await credentialsFrom(folder, content);
  assert.equal(credentials.server, "http://127.0.0.1:8001");
  assert.deepEqual(await credentials.access(), { headers: { "impersonate-user": "jane" }, tls: noTls });
});

Deno.test("kubeconfigCredentials() is nobody where the context names no user, and its origin says so", async () => {
  using folder = new KubeconfigFolder();
  const content = { ...oneContext(), contexts: [{ name: "dev", context: { cluster: "dev" } }] };
  const credentials = await credentialsFrom(folder, content);
  assert.equal(credentials.origin, 'context "dev", which names no user');
  assert.deepEqual(await credentials.access(), { headers: {}, tls: noTls });
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
  const credentials = await credentialsFrom(folder, both, { context: "prod" });
  assert.equal(credentials.server, "https://prod.example:6443");
  assert.equal((await credentials.access()).headers.authorization, "Bearer prod-token");
  assert.equal((await credentialsFrom(folder, both)).server, "https://dev.example:6443");
  const without = { ...both, "current-context": "" };
  assert.equal((await credentialsFrom(folder, without, { context: "prod" })).origin, 'context "prod"');
});

Deno.test("kubeconfigCredentials() does not mind settings of entries that nobody asked for", async () => {
  using folder = new KubeconfigFolder();
  const ok = oneContext();
  const content = {
    ...ok,
    clusters: [{ name: "odd", cluster: {} }, {}, null, ...ok.clusters],
    users: [{ name: "old", user: { "auth-provider": { name: "gcp" } } }, { name: "empty" }, ...ok.users],
    contexts: [{ name: "odd" }, ...ok.contexts],
  };
  assert.equal((await accessFrom(folder, content)).headers.authorization, "Bearer dev-token");
});

Deno.test("kubeconfigCredentials() merges files: of equal names, and of current contexts, the first counts", async () => {
  using folder = new KubeconfigFolder();
  const empty = folder.write("empty", "");
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
  const paths = [empty, none, first, second, third];
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

Deno.test("kubeconfigCredentials() ignores the late rejection of an access that is no longer the latest", async () => {
  using folder = new KubeconfigFolder();
  const path = folder.write("token", "first");
  const credentials = await credentialsFrom(folder, oneContext({ user: { tokenFile: path } }));
  const first = await credentials.access();
  folder.write("token", "the second");
  await credentials.access();
  // Neither its size nor its time tells that the file changes now.
  const { atime, mtime } = Deno.statSync(path);
  folder.write("token", "the thirds");
  Deno.utimeSync(path, atime!, mtime!);
  credentials.rejected(first);
  const { headers } = await credentials.access();
  assert.equal(headers.authorization, "Bearer the second");
  credentials.rejected({ headers, tls: noTls });
  assert.equal((await credentials.access()).headers.authorization, "Bearer the thirds");
});

Deno.test("A token file that was rotated unseen is read again after a 401", async () => {
  using folder = new KubeconfigFolder();
  await using server = await LoopbackServer.start([refusal(401, "Unauthorized"), json({ major: "1" })], {
    tls: { certificate: "server" },
  });
  const path = folder.write("token", "token-1\n");
  const cluster = { server: server.url, "certificate-authority-data": btoa(ca) };
  const credentials = await credentialsFrom(folder, oneContext({ cluster, user: { tokenFile: "token" } }));
  await credentials.access();
  const { atime, mtime } = Deno.statSync(path);
  folder.write("token", "token-2\n");
  Deno.utimeSync(path, atime!, mtime!);
  assert.deepEqual(await getWith(credentials), { major: "1" });
  const sent = server.requests.map(({ headers }) => headers.get("authorization"));
  assert.deepEqual(sent, ["Bearer token-1", "Bearer token-2"]);
});
