// Kubeconfigs on a real API server: every way in which one can say who we are opens the door.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../lib/cli/system_clock.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder } from "../support/kubeconfig_files.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { createNamespace, createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { startIssuer } from "./oidc_issuer.ts";
import { runProgram } from "./operator_process.ts";
import { createPolicy, installCrd } from "./policies.ts";

/** Signs the certificates of tests/support: the issuer's, and clients', who are all of the group "developers". */
const TEST_CA = fileURLToPath(new URL("../support/certificates/ca.crt", import.meta.url));

/** What `crd install` says. */
async function install(
  file: string,
  env: Record<string, string> = {},
): Promise<{ readonly code: number; readonly said: string }> {
  const { code, stdout, stderr } = await runProgram(["crd", "install", "--kubeconfig", file], { env });
  return { code, said: stdout + stderr };
}

async function assertInstalled(file: string, env?: Record<string, string>): Promise<void> {
  const { code, said } = await install(file, env);
  assert.match(said, /already installed and current \(context "[\w-]+"\)\n$/);
  assert.equal(code, 0);
}

/** Lets somebody do everything. */
async function allowAll(cluster: ControlPlane, subject: Record<string, string>): Promise<void> {
  const response = await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name: subject["name"] },
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
  await allowAll(cluster, { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "developers" });
  await allowAll(cluster, { kind: "ServiceAccount", namespace: "team", name: "operator" });
  const token = await createServiceAccountToken(cluster, "team", "operator");

  for (const name of ["client-rsa", "client-ec"] as const) {
    await t.step(`a ${name} certificate, in files beside the kubeconfig`, async () => {
      const { cert, key } = certificate(name);
      await Deno.writeTextFile(`${cluster.dir}/${name}.crt`, cert);
      await Deno.writeTextFile(`${cluster.dir}/${name}.key`, key);
      const user = { "client-certificate": `${name}.crt`, "client-key": `${name}.key` };
      await assertInstalled(await writeKubeconfig(cluster, name, user));
    });
  }

  await t.step("a list of files, each with a part of the truth, of which the first counts", async () => {
    const first = folder.write("a.yaml", { users: [{ name: "list", user: { token } }] });
    const second = folder.write("b.yaml", { users: [{ name: "list", user: { token: "wrong" } }] });
    const rest = await writeKubeconfig(cluster, "list", { token: "wrong, too" });
    const env = { KUBECONFIG: [`${folder.path}/none`, "", first, second, rest].join(":") };
    const { code, stdout } = await runProgram(["crd", "install"], { env });
    assert.match(stdout, /current \(context "list"\)/);
    assert.equal(code, 0);
  });

  await t.step("a plugin that expires, and to which our variables reach", async () => {
    const expirationTimestamp = new Date(Date.now() + 600_000).toISOString();
    const apiVersion = "client.authentication.k8s.io/v1";
    const credential = { apiVersion, kind: "ExecCredential", status: { token, expirationTimestamp } };
    folder.write("production.json", JSON.stringify(credential));
    const command = folder.program("plugin", 'cat "$(dirname "$0")/$AWS_PROFILE.json"');
    const file = await writeKubeconfig(cluster, "plugin", { exec: { apiVersion, command } });
    await assertInstalled(file, { AWS_PROFILE: "production" });
    const { code, said } = await install(file, { AWS_PROFILE: "staging" });
    assert.match(
      said,
      /^error: Cannot get the credentials of context "plugin": its plugin "\S+" ended with exit code 1\./,
    );
    assert.equal(code, 3);
  });

  await t.step("a plugin whose first token is rejected is asked for another", async () => {
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    const script =
      `echo run >>"$0.runs"\n[ "$(wc -l <"$0.runs")" -gt 1 ] && token='${token}' || token=wrong\n` +
      `printf '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":{"token":"%s"}}' "$token"`;
    const command = folder.program("late", script);
    await assertInstalled(await writeKubeconfig(cluster, "late", { exec: { apiVersion, command } }));
    assert.equal(Deno.readTextFileSync(`${command}.runs`), "run\nrun\n");
  });

  await t.step("a token file that is rotated", async () => {
    const tokenFile = folder.write("token", "wrong");
    const path = await writeKubeconfig(cluster, "rotated", { tokenFile });
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
    const { said } = await install(await writeKubeconfig(cluster, "jane", jane));
    assert.match(said, /^error: Not allowed to install \S+: jane may not get customresourcedefinitions /);
    const more = { "as-groups": ["others", "developers"], "as-uid": "7", "as-user-extra": { "a/b": ["c"] } };
    await assertInstalled(await writeKubeconfig(cluster, "groups", { ...jane, ...more }));
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
    const file = await writeKubeconfig(cluster, "oidc", { "auth-provider": { name: "oidc", config } });
    await assertInstalled(file);
    assert.equal(issuer.given, 1);
    // The issuer takes each refresh-token once, and nobody writes into the kubeconfig.
    const { code, said } = await install(file);
    assert.match(
      said,
      /^error: Cannot renew the id-token of context "oidc" at \S+ it answers 400 \(invalid_grant\)\. Log/,
    );
    assert.equal(code, 3);
  });
});
