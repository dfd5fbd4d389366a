// `check` on a real API server: asked by a service account with the operator's rights and no others, and with one less.

import assert from "node:assert/strict";
import { type Permission, PERMISSIONS } from "../../lib/operator/permissions.ts";
import { policyCrd } from "../../lib/policy/crd.ts";
import type { CheckReport } from "../../lib/cli/check_report.ts";
import { roleYaml } from "../../tools/generate/rights.ts";
import { captured } from "../support/captured.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { runProgram } from "./operator_process.ts";
import { installCrd } from "./policies.ts";

const CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/devopspolicies.devops.stochastic.io";
const BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

Deno.test("check on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  for (const name of ["team-a", "team-b"]) await createNamespace(cluster, name);
  const account = await writeKubeconfig(cluster, "operator", {
    token: await createServiceAccountToken(cluster, "default", "operator"),
  });
  const check = (...args: string[]) => checkWith(account, ...args);

  await t.step("says that the CRD is missing, which asks for no right on definitions", async () => {
    await grant(cluster, PERMISSIONS);
    const binding = {
      metadata: { name: "everywhere" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kube-devops" },
      subjects: [{ kind: "ServiceAccount", name: "operator", namespace: "default" }],
    };
    assert.equal((await cluster.request("POST", BINDINGS, binding)).status, 201);
    const { code, notOk } = await check();
    assert.equal(code, 1);
    assert.deepEqual(notOk, [
      "no crd: not installed",
      "warning watch-list devopspolicies.devops.stochastic.io: not tried: there is no CRD",
    ]);
  });

  await t.step("finds all well with the operator's rights and not one more", async () => {
    await installCrd(cluster);
    // A definition that has only just been installed is no reason to be told otherwise.
    const { code, report, notOk } = await check();
    assert.deepEqual({ code, notOk }, { code: 0, notOk: [] });
    assert.equal(report.version, "v1.34.4");
    assert.equal(report.user, "system:serviceaccount:default:operator");
    assert.equal(report.answers.length, 5 + PERMISSIONS.length);
  });

  for (const missing of PERMISSIONS) {
    const { verb, group, resource } = missing;
    const [plural, ...subresource] = resource.split("/");
    const name = [group === "" ? plural : `${plural}.${group}`, ...subresource].join("/");
    await t.step(`names the right to ${verb} ${name} when that alone is missing`, async () => {
      await grant(cluster, PERMISSIONS.filter((permission) => permission !== missing));
      const isMissing = async () => {
        const { code, notOk } = await check();
        const [answer, expected] = missing.isDispensable ? ["warning", 0] : ["no", 1];
        return code === expected &&
          notOk[0] === `${answer} may ${verb} ${name}: not allowed; needed to ${missing.why}` &&
          notOk.slice(1).every((answer) => answer.startsWith("warning watch-list "));
      };
      await eventually(isMissing, { what: "it is named, and nothing else" });
    });
  }

  await t.step("asks namespace by namespace, and what it says to do puts it right", async () => {
    assert.equal((await cluster.request("DELETE", `${BINDINGS}/everywhere`)).status, 200);
    await eventually(async () => (await check("-n", "team-a")).notOk.length === PERMISSIONS.length + 2, {
      what: "all is taken away",
    });
    const todo = async (...args: string[]) => {
      const { report } = await check(...args);
      return [...new Set(report.answers.flatMap(({ next }) => next ?? []))];
    };
    for (const namespace of ["team-a", "team-b"]) {
      const steps = await todo("-n", "team-a", "-n", "team-b");
      assert.equal(steps.length, namespace === "team-a" ? 2 : 1);
      const [, command] = /^Grant what is missing to system:serviceaccount:default:operator: (.*)$/
        .exec(steps[0]!) ?? [];
      assert.match(command ?? "", new RegExp(` -n ${namespace} `));
      await administer(cluster, command!);
      await eventually(async () => (await check("-n", namespace)).code === 0, {
        what: `all is well in ${namespace}`,
      });
    }
    assert.equal((await check("-n", "team-a", "-n", "team-b")).code, 0);
    const everywhere = await check();
    assert.equal(everywhere.code, 1);
    assert.equal(everywhere.notOk.filter((answer) => / may /.test(answer)).length, PERMISSIONS.length);
    const [step] = await todo();
    await administer(cluster, step!.replace(/^[^:]+:serviceaccount:default:operator: /, ""));
    await eventually(async () => (await check()).code === 0, {
      what: "all is well everywhere",
    });
  });

  await t.step("names where an older CRD differs: its schema, its names, its columns", async () => {
    const [version] = policyCrd().spec.versions;
    const { findings: _, ...properties } = version!.schema.openAPIV3Schema.properties.status.properties;
    const older = {
      ...version!,
      additionalPrinterColumns: version!.additionalPrinterColumns.slice(1),
      schema: {
        openAPIV3Schema: {
          ...version!.schema.openAPIV3Schema,
          properties: {
            ...version!.schema.openAPIV3Schema.properties,
            status: { ...version!.schema.openAPIV3Schema.properties.status, properties },
          },
        },
      },
    };
    const change = { spec: { names: { shortNames: null }, versions: [older] } };
    const response = await cluster.request("PATCH", CRD, change);
    assert.equal(response.status, 200, await response.text());
    const differs = "no crd: differs in spec.names.shortNames, " +
      "spec.versions[0].schema.openAPIV3Schema.properties.status.properties.findings, " +
      "spec.versions[0].additionalPrinterColumns";
    await eventually(async () => (await check()).notOk.join() === differs, {
      what: "the differences are named",
    });
    const upgrade = await runProgram(["crd", "install", "--upgrade", "--kubeconfig", cluster.kubeconfig]);
    assert.equal(upgrade.code, 0, upgrade.stderr);
    const { code, notOk } = await check();
    assert.deepEqual({ code, notOk }, { code: 0, notOk: [] });
  });

  await t.step(
    "prints a table, and ends with 3 where the token is rejected or the server is gone",
    async () => {
      const table = await runProgram(["check", "--kubeconfig", account]);
      assert.equal(table.code, 0, table.stderr);
      assert.match(table.stdout, /^ASKED +ANSWER +FOUND\nAPI server reached +ok +v1\.34\.4, https:/);

      const rejected = await runProgram([
        "check",
        "--kubeconfig",
        await writeKubeconfig(cluster, "rejected", { token: "wrong" }),
      ]);
      assert.deepEqual([rejected.code, rejected.stdout], [3, ""]);
      assert.match(
        rejected.stderr,
        /^error: Cannot check the cluster: \S+ rejects the credentials of [^\n]*\n$/,
      );

      await cluster.stopApiServer();
      const gone = await runProgram(["check", "--kubeconfig", account]);
      assert.deepEqual([gone.code, gone.stdout], [3, ""]);
      assert.match(gone.stderr, /error: Cannot reach the API server at \S+: connection refused\. [^\n]*\n$/);
    },
  );
});

/** Runs `check -o json`, and gives what is not ok as `no crd: not installed`. */
async function checkWith(kubeconfig: string, ...args: readonly string[]) {
  const { code, stdout } = await captured("check", "-o", "json", "--kubeconfig", kubeconfig, ...args);
  const report = JSON.parse(stdout) as CheckReport;
  const notOk = report.answers.filter(({ answer }) => answer !== "ok")
    .map(({ answer, id, found }) => `${answer} ${id}: ${found}`);
  return { code, report, notOk };
}

/** Gives the operator's service account `permissions` in all namespaces, and takes away what it had. */
async function grant(cluster: ControlPlane, permissions: readonly Permission[]): Promise<void> {
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: roleYaml("ClusterRole", permissions),
  });
  assert.equal(code, 0, stderr);
}

/** Runs a command that `check` printed, as the administrator, from the root of the project. */
async function administer({ kubeconfig }: ControlPlane, command: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", command],
    cwd: new URL("../../", import.meta.url),
    env: { KUBECONFIG: kubeconfig },
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert.equal(code, 0, `${command}\n${new TextDecoder().decode(stderr)}`);
}
