// Who may do what on a real API server: every kind of credential works, and every refusal is one clear sentence.

import assert from "node:assert/strict";
import { parse } from "yaml";
import { systemClock } from "../../lib/cli/system_clock.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { inClusterCredentials } from "../../lib/kube/in_cluster.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { runProgram, startOperator } from "./operator_process.ts";
import { ALL_CHECKS, createPolicy, installCrd, reasonOf, statusIs } from "./policies.ts";

/** What the operator needs, and not a right more. */
const { rules: RULES } = parse(
  await Deno.readTextFile(new URL("../../deploy/base/clusterrole.yaml", import.meta.url)),
) as { rules: readonly unknown[] };

Deno.test("credentials and refusals on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  await createNamespace(cluster, "team");
  await createPod(cluster, "team", "web");
  await createPolicy(cluster, "team", "policy", ALL_CHECKS);

  await t.step(
    "a service account's token with only the needed rights in one namespace does the whole job",
    async () => {
      const token = await createServiceAccountToken(cluster, "team", "operator");
      await allow(cluster, "team", "operator", RULES);
      const kubeconfig = await writeKubeconfig(cluster, "service-account", { token });
      await using operator = startOperator({ kubeconfig }, ["-n", "team"]);
      await statusIs(cluster, "team", "policy", ({ violations }) => violations === 2);

      // Taken away: the score must not pretend to be known. Given back: as if nothing had been.
      await allow(cluster, "team", "operator", RULES.slice(1));
      await eventually(async () => !await mayWatchPods(cluster, "team", "operator"), {
        what: "it may no more",
      });
      await operator.end("SIGTERM");
      await using second = startOperator({ kubeconfig }, ["-n", "team"]);
      const unknown = await statusIs(
        cluster,
        "team",
        "policy",
        (status) => reasonOf(status, "Ready") === "Unknown/PodsUnavailable",
      );
      assert.equal(unknown.violations, 2);
      assert.equal(reasonOf(unknown, "Compliant"), "Unknown/PodsUnavailable");
      assert.equal((await second.get("/readyz")).body, "waiting for pods\n");
      const warning = () => second.log.find(({ level }) => level === "WARN");
      await eventually(() => warning() !== undefined, { what: "a warning" });
      assert.match(
        String(warning()?.["problem"]),
        /^Not allowed to list and watch pods: \S+ may not watch pods in the namespace "team"\. Grant it the verb "watch"/,
      );
      await allow(cluster, "team", "operator", RULES);
      await statusIs(
        cluster,
        "team",
        "policy",
        (status) => reasonOf(status, "Ready") === "True/Evaluated",
        60_000,
      );
    },
  );

  await t.step(
    "the files of a service account work as in a pod, and a new token is taken when the old one is rejected",
    async () => {
      const dir = await Deno.makeTempDir({ dir: cluster.dir });
      await Deno.writeTextFile(`${dir}/ca.crt`, cluster.caPem);
      await Deno.writeTextFile(`${dir}/token`, "no-such-token");
      const credentials = inClusterCredentials(cluster.url, dir);
      const transport = new Transport({ credentials, userAgent: "test" });
      const { client } = httpCluster(transport, systemClock);
      const get = () => client.get({ namespace: "team", name: "policy" }, new AbortController().signal);
      await assert.rejects(get, { name: "ApiError", code: 401 });
      await Deno.writeTextFile(`${dir}/token`, await createServiceAccountToken(cluster, "team", "operator"));
      assert.equal((await get()).name, "policy");
      transport.close();
    },
  );

  await t.step("a client certificate works, of a kubeconfig found through a KUBECONFIG list", async () => {
    const { certPem, keyPem } = cluster.clientCertificate("certified", ["system:masters"]);
    const kubeconfig = await writeKubeconfig(cluster, "certificate", {
      "client-certificate-data": btoa(certPem),
      "client-key-data": btoa(keyPem),
    });
    const run = await runProgram(["crd", "install"], {
      env: { KUBECONFIG: `${cluster.dir}/absent:${kubeconfig}` },
    });
    assert.deepEqual(run.code, 0, run.stderr);
    assert.match(run.stdout, /already installed and current \(context "certificate"\)/);
  });

  await t.step("a rejected token ends the program at once", async () => {
    const kubeconfig = await writeKubeconfig(cluster, "rejected", { token: "wrong" });
    for (const command of [["reconcile", "--metrics-addr", "0"], ["crd", "install"]]) {
      const { code, stderr } = await runProgram([...command, "--kubeconfig", kubeconfig]);
      assert.equal(code, 3);
      assertOneSentence(stderr, /rejects the credentials of context "rejected"\. Renew them/);
    }
  });

  await t.step("a forbidden installation says what is not allowed", async () => {
    const token = await createServiceAccountToken(cluster, "team", "nobody");
    const kubeconfig = await writeKubeconfig(cluster, "nobody", { token });
    const { code, stderr } = await runProgram(["crd", "install", "--kubeconfig", kubeconfig]);
    assert.equal(code, 3);
    assertOneSentence(
      stderr,
      /^error: Not allowed to install devopspolicies\.devops\.stochastic\.io: \S+ may not get customresourcedefinitions at/,
    );
  });

  await t.step("a certificate of an unknown authority ends the program at once", async () => {
    const kubeconfig = await writeKubeconfig(cluster, "untrusted", { token: cluster.adminToken }, {
      ca: false,
    });
    const { code, stderr } = await runProgram([
      "reconcile",
      "--metrics-addr",
      "0",
      "--kubeconfig",
      kubeconfig,
    ]);
    assert.equal(code, 3);
    assertOneSentence(
      stderr,
      /its certificate is signed by an unknown authority\. Check certificate-authority/,
    );
  });

  await t.step("a server that is not there is told once, and waited for", async () => {
    await cluster.stopApiServer();
    await using operator = startOperator(cluster);
    const warnings = () =>
      operator.log.filter(({ level, resource }) => level === "WARN" && resource === "pods");
    await eventually(() => warnings().length > 0, { what: "a warning" });
    assert.match(
      String(warnings()[0]?.["problem"]),
      /^Cannot reach the API server at .*: connection refused\. Is the cluster running\?/,
    );
    await cluster.startApiServer();
    await eventually(async () => (await operator.get("/readyz")).status === 200, {
      within: 60_000,
      what: "readiness",
    });
    assert.equal(warnings().filter(({ problem }) => /refused/.test(String(problem))).length, 1);
  });
});

async function allow(
  cluster: ControlPlane,
  namespace: string,
  account: string,
  rules: readonly unknown[],
): Promise<void> {
  const metadata = { name: account, namespace };
  const objects = [
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account },
      subjects: [{ kind: "ServiceAccount", name: account, namespace }],
    },
  ];
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(list) });
  assert.equal(code, 0, stderr);
}

/** Whether the API server would let the account watch pods: a watch that it has let in once goes on. */
async function mayWatchPods(cluster: ControlPlane, namespace: string, account: string): Promise<boolean> {
  const response = await cluster.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    spec: {
      user: `system:serviceaccount:${namespace}:${account}`,
      resourceAttributes: { namespace, verb: "watch", resource: "pods" },
    },
  });
  return (await response.json()).status.allowed;
}

function assertOneSentence(stderr: string, pattern: RegExp): void {
  const told = stderr.split("\n").filter((line) => line.startsWith("error: "));
  assert.equal(told.length, 1, stderr);
  assert.match(told[0]!, pattern);
  assert.doesNotMatch(stderr, /^\s+at /m);
}
