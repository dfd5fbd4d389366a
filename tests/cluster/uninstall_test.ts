// `crd uninstall` on a real API server: nothing hangs in Terminating, with the operator at work, stopped, or gone first.

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { captured } from "../support/captured.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { startOperator } from "./operator_process.ts";
import { ALL_CHECKS, createPolicy, installCrd, readPolicy, statusIs } from "./policies.ts";

const NAME = "devopspolicies.devops.stochastic.io";
const FOREIGN = "example.com/hold";

Deno.test("crd uninstall on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  for (const name of ["team-a", "team-b"]) await createNamespace(cluster, name);
  const uninstall = (...args: string[]) =>
    captured("crd", "uninstall", "--kubeconfig", cluster.kubeconfig, ...args);
  const gone = { code: 0, last: `${NAME} is gone (context "test")` };
  const uninstalled = async () => {
    const { code, stdout, stderr } = await uninstall("--yes");
    assert.equal(code, 0, stderr);
    assert.equal(await readCrd(cluster), undefined);
    return { code, last: stdout.trimEnd().split("\n").at(-1) };
  };

  await t.step("says that nothing is installed", async () => {
    const { code, stdout } = await uninstall();
    assert.deepEqual({ code, stdout }, { code: 0, stdout: `${NAME} is not installed (context "test")\n` });
  });

  await t.step("deletes a definition without policies", async () => {
    await installCrd(cluster);
    assert.deepEqual(await uninstalled(), gone);
  });

  await t.step("changes nothing where it is not confirmed", async () => {
    await installCrd(cluster);
    await createPolicy(cluster, "team-a", "kept", ALL_CHECKS, { finalizers: [FINALIZER] });
    const { code, stdout, stderr } = await uninstall();
    assert.deepEqual([code, stderr], [1, "error: Nothing was changed. Pass --yes to do all this.\n"]);
    assert.match(stdout, /^- and with it 1 policy in 1 namespace, statuses included$/m);
    assert.deepEqual((await readPolicy(cluster, "team-a", "kept"))?.metadata.finalizers, [FINALIZER]);
  });

  await t.step("takes a thousand policies along whose operator is stopped", async () => {
    await Promise.all(Array.from({ length: 20 }, async (_, worker) => {
      for (let i = 0; i < 50; i++) {
        const namespace = i % 2 === 0 ? "team-a" : "team-b";
        await createPolicy(cluster, namespace, `p-${worker}-${i}`, {}, { finalizers: [FINALIZER] });
      }
    }));
    assert.deepEqual(await uninstalled(), gone);
  });

  await t.step("takes all along while the operator is at work, and says that it is", async () => {
    await installCrd(cluster);
    await using operator = startOperator(cluster);
    await operator.ready();
    for (const name of ["x", "y", "z"]) {
      await createPolicy(cluster, "team-a", name, ALL_CHECKS);
      await statusIs(cluster, "team-a", name, ({ healthScore }) => healthScore === 100);
    }
    const { code, stdout, stderr } = await uninstall("--yes");
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^warning: an operator seems to be at work: it evaluated team-a\/[xyz] \d+ s ago; better stop it first$/m,
    );
    assert.equal(await readCrd(cluster), undefined);
    assert.equal((await operator.end("SIGTERM")).code, 0);
  });

  await t.step("is not stopped by an operator that evaluates too seldom to be noticed", async () => {
    await installCrd(cluster);
    await using operator = startOperator(cluster, ["--requeue-interval", "1h"]);
    await operator.ready();
    for (const name of ["x", "y", "z"]) {
      await createPolicy(cluster, "team-a", name, ALL_CHECKS);
      await statusIs(cluster, "team-a", name, ({ healthScore }) => healthScore === 100);
      const path = `/apis/devops.stochastic.io/v1/namespaces/team-a/devopspolicies/${name}/status`;
      const status = { lastEvaluated: "2026-01-01T00:00:00Z" };
      assert.equal((await cluster.request("PATCH", path, { status })).status, 200);
    }
    assert.deepEqual(await uninstalled(), gone);
  });

  await t.step(
    "frees what hangs because all of deploy/install.yaml was deleted first",
    async () => {
      assert.equal((await cluster.kubectl(["apply", "-f", "deploy/install.yaml"])).code, 0);
      {
        await using operator = startOperator(cluster);
        await operator.ready();
        for (const name of ["x", "y"]) {
          await createPolicy(cluster, "team-b", name, ALL_CHECKS);
          await statusIs(cluster, "team-b", name, ({ healthScore }) => healthScore === 100);
        }
        await operator.end("SIGTERM");
      }
      await cluster.kubectl(["delete", "dop", "x", "-n", "team-b", "--wait=false"]);
      await cluster.kubectl(["delete", "-f", "deploy/install.yaml", "--wait=false"]);
      const isTerminating = async (name: string) =>
        (await readPolicy(cluster, "team-b", name))?.metadata.deletionTimestamp !== undefined;
      await eventually(async () => await isTerminating("x") && await isTerminating("y"), {
        what: "both policies hang in Terminating",
      });
      assert.deepEqual(await uninstalled(), gone);
    },
  );

  await t.step("leaves the finalizers of others alone, and waits for them", async () => {
    await installCrd(cluster);
    await createPolicy(cluster, "team-a", "both", {}, { finalizers: [FOREIGN, FINALIZER] });
    const uninstalling = uninstall("--yes");
    await eventually(async () => {
      const { finalizers, deletionTimestamp } = (await readPolicy(cluster, "team-a", "both"))?.metadata ?? {};
      return deletionTimestamp !== undefined && finalizers?.join() === FOREIGN;
    }, { what: "ours is off, theirs is on" });
    const path = "/apis/devops.stochastic.io/v1/namespaces/team-a/devopspolicies/both";
    assert.equal((await cluster.request("PATCH", path, { metadata: { finalizers: null } })).status, 200);
    const { code, stdout, stderr } = await uninstalling;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^warning: example\.com\/hold keeps team-a\/both, and so nothing is gone until /m);
    assert.equal(await readCrd(cluster), undefined);
  });

  await t.step("says who keeps what when they do not let go, and goes through when they do", async () => {
    await installCrd(cluster);
    await createPolicy(cluster, "team-a", "theirs", {}, { finalizers: [FOREIGN] });
    const { code, stderr } = await uninstall("--yes");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: \S+ is being deleted but not gone: example\.com\/hold keeps team-a\/theirs\. [^\n]*\n$/,
    );
    const path = "/apis/devops.stochastic.io/v1/namespaces/team-a/devopspolicies/theirs";
    assert.equal((await cluster.request("PATCH", path, { metadata: { finalizers: null } })).status, 200);
    await eventually(async () => await readCrd(cluster) === undefined, {
      what: "the definition goes by itself",
    });
  });

  await t.step("says which right is missing to somebody who may not, and deletes nothing", async () => {
    await installCrd(cluster);
    const kubeconfig = await writeKubeconfig(cluster, "nobody", {
      token: await createServiceAccountToken(cluster, "default", "nobody"),
    });
    const { code, stderr } = await captured("crd", "uninstall", "--yes", "--kubeconfig", kubeconfig);
    assert.equal(code, 3);
    assert.match(stderr, /^error: Not allowed to uninstall \S+: .* may not get customresourcedefinitions /);
    assert.notEqual(await readCrd(cluster), undefined);
  });
});

/** The definition; undefined when there is none. */
async function readCrd(cluster: ControlPlane): Promise<unknown> {
  const response = await cluster.request(
    "GET",
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${NAME}`,
  );
  const answer = await response.json();
  return response.status === 404 ? undefined : answer;
}
