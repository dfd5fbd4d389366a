// Kubeconfigs on a real API server: every way in which one can say who we are opens the door.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { systemClock } from "../../lib/cli/system_clock.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder } from "../support/kubeconfig_files.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { createNamespace, createServiceAccountToken } from "./fixtures.ts";
import { startIssuer } from "./oidc_issuer.ts";
import { runProgram } from "./operator_process.ts";
import { createPolicy, installCrd } from "./policies.ts";

/** Signs the certificates of tests/support: the issuer's, and clients', who are all of the group "developers". */
const TEST_CA = fileURLToPath(new URL("../support/certificates/ca.crt", import.meta.url));
const INSTALLED = /already installed and current \(context "test"\)\n$/;

/** A kubeconfig with the one context "test", for `cluster` as that user. */
function kubeconfigFor({ url, caFile }: ControlPlane, user: Record<string, unknown>): string {
  return stringify({
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority": caFile } }],
    users: [{ name: "test", user }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}

/** What `crd install` says with the kubeconfig `file`, or the files that KUBECONFIG lists. */
async function install(
  { file, env = {} }: { readonly file?: string; readonly env?: Record<string, string> },
): Promise<{ readonly code: number; readonly said: string }> {
  const flags = file === undefined ? [] : ["--kubeconfig", file];
  const { code, stdout, stderr } = await runProgram(["crd", "install", ...flags], { env });
  return { code, said: stdout + stderr };
}

async function assertInstalled(how: Parameters<typeof install>[0]): Promise<void> {
  const { code, said } = await install(how);
  assert.match(said, INSTALLED);
  assert.equal(code, 0);
}

/** Lets a group, or a service account in "team", do everything. */
async function allowAll(cluster: ControlPlane, name: string, subject: Record<string, string>): Promise<void> {
  const response = await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [subject],
  });
  assert.equal(response.status, 201, await response.text());
}

Deno.test("kubeconfigs on a real API server", async (t) => {
  await using issuer = await startIssuer("kubernetes", { sub: "jane", groups: ["developers"] });
  await using cluster = await startControlPlane({
    apiServerArgs: [
      `--client-ca-file=${TEST_CA}`,
      `--oidc-issuer-url=${issuer.url}`,
      `--oidc-ca-file=${TEST_CA}`,
      "--oidc-client-id=kubernetes",
      "--oidc-groups-claim=groups",
      "--oidc-signing-algs=ES256",
    ],
  });
  using folder = new KubeconfigFolder();
  await installCrd(cluster);
  await createNamespace(cluster, "team");
  await createPolicy(cluster, "team", "policy", {});
  await allowAll(cluster, "developers", {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "Group",
    name: "developers",
  });
  await allowAll(cluster, "operator", { kind: "ServiceAccount", namespace: "team", name: "operator" });
  const token = await createServiceAccountToken(cluster, "team", "operator");

  for (const name of ["client-rsa", "client-ec"] as const) {
    await t.step(`a ${name} certificate, in files beside the kubeconfig`, async () => {
      const { cert, key } = certificate(name);
      folder.write(`${name}/pki/client.crt`, cert);
      folder.write(`${name}/pki/client.key`, key);
      const user = { "client-certificate": "pki/client.crt", "client-key": "pki/client.key" };
      await assertInstalled({ file: folder.write(`${name}/config`, kubeconfigFor(cluster, user)) });
    });
  }

  await t.step("a list of files, each with a part of the truth, of which the first counts", async () => {
    const first = folder.write("a.yaml", { users: [{ name: "test", user: { token } }] });
    const second = folder.write("b.yaml", { users: [{ name: "test", user: { token: "wrong" } }] });
    const rest = folder.write("c.yaml", kubeconfigFor(cluster, { token: "wrong, too" }));
    await assertInstalled({
      env: { KUBECONFIG: [`${folder.path}/none`, "", first, second, rest].join(":") },
    });
  });

  await t.step("a plugin that expires, and to which our variables reach", async () => {
    const expirationTimestamp = new Date(Date.now() + 600_000).toISOString();
    const apiVersion = "client.authentication.k8s.io/v1";
    const credential = { apiVersion, kind: "ExecCredential", status: { token, expirationTimestamp } };
    folder.write("production.json", JSON.stringify(credential));
    const command = folder.program("plugin", 'cat "$(dirname "$0")/$AWS_PROFILE.json"');
    const file = folder.write("plugin.yaml", kubeconfigFor(cluster, { exec: { apiVersion, command } }));
    await assertInstalled({ file, env: { AWS_PROFILE: "production" } });
    const { code, said } = await install({ file, env: { AWS_PROFILE: "staging" } });
    assert.match(
      said,
      /^error: Cannot get the credentials of context "test": its plugin "\S+" ended with exit code 1\./,
    );
    assert.equal(code, 3);
  });

  await t.step("a plugin whose first token is rejected is asked for another", async () => {
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    const script =
      `echo run >>"$0.runs"\n[ "$(wc -l <"$0.runs")" -gt 1 ] && token='${token}' || token=wrong\n` +
      `printf '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":{"token":"%s"}}' "$token"`;
    const command = folder.program("late", script);
    await assertInstalled({
      file: folder.write("late.yaml", kubeconfigFor(cluster, { exec: { apiVersion, command } })),
    });
    assert.equal(Deno.readTextFileSync(`${command}.runs`), "run\nrun\n");
  });

  await t.step("a token file that is rotated", async () => {
    folder.write("token", "wrong");
    const path = folder.write("file.yaml", kubeconfigFor(cluster, { tokenFile: "token" }));
    const credentials = await kubeconfigCredentials({ paths: [path], context: undefined });
    const transport = new Transport({ credentials, userAgent: "test" });
    const { client } = httpCluster(transport, systemClock);
    const get = () => client.get({ namespace: "team", name: "policy" }, new AbortController().signal);
    await assert.rejects(get, { name: "ApiError", code: 401 });
    folder.write("token", `${token}\n`);
    assert.equal((await get()).name, "policy");
    transport.close();
  });

  await t.step("somebody else, and the groups that he is in", async () => {
    const jane = { token: cluster.adminToken, as: "jane" };
    const alone = await install({ file: folder.write("jane.yaml", kubeconfigFor(cluster, jane)) });
    assert.match(alone.said, /^error: Not allowed to install \S+: .*User "jane" cannot get resource/);
    const groups = {
      ...jane,
      "as-groups": ["others", "developers"],
      "as-uid": "7",
      "as-user-extra": { "a/b": ["c"] },
    };
    await assertInstalled({ file: folder.write("groups.yaml", kubeconfigFor(cluster, groups)) });
  });

  await t.step("a user of an OIDC issuer, whose id-token has to be renewed", async () => {
    const config = {
      "idp-issuer-url": issuer.url,
      "idp-certificate-authority": TEST_CA,
      "client-id": "kubernetes",
      // It expired in 1970.
      "id-token": "e30.eyJleHAiOjF9.x",
      "refresh-token": "refresh-0",
    };
    const file = folder.write(
      "oidc.yaml",
      kubeconfigFor(cluster, { "auth-provider": { name: "oidc", config } }),
    );
    await assertInstalled({ file });
    assert.equal(issuer.given, 1);
    // The issuer takes each refresh-token once, and nobody writes into the kubeconfig.
    const { code, said } = await install({ file });
    assert.match(
      said,
      /^error: Cannot renew the id-token of context "test" at \S+ it answers 400 \(invalid_grant\)\. Log/,
    );
    assert.equal(code, 3);
  });
});
