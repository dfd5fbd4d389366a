// What an operator must survive on a real API server: its own death, the server's, a missing CRD, a bad neighbour.

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, deletePod, listRequests } from "./fixtures.ts";
import { runProgram, startOperator } from "./operator_process.ts";
import {
  ALL_CHECKS,
  changePolicy,
  createPolicy,
  installCrd,
  readPolicy,
  reasonOf,
  statusIs,
} from "./policies.ts";

Deno.test("a missing CRD is named in one warning, and the operator recovers when it appears", async () => {
  await using cluster = await startControlPlane();
  await using operator = startOperator(cluster);
  const warnings = () => operator.log.filter(({ level }) => level === "WARN");
  await eventually(() => warnings().length > 0, { what: "a warning" });
  assert.match(
    String(warnings()[0]?.["problem"]),
    /CRD devopspolicies\.devops\.stochastic\.io is not installed\. Run `kube-devops crd install`/,
  );
  const unready = await operator.get("/readyz");
  assert.deepEqual(unready, { status: 503, body: "waiting for devopspolicies\n" });

  await installCrd(cluster);
  await createNamespace(cluster, "late");
  await createPolicy(cluster, "late", "policy", ALL_CHECKS);
  await statusIs(cluster, "late", "policy", ({ healthScore }) => healthScore === 100, 60_000);
  assert.equal((await operator.get("/readyz")).status, 200);
  const told = warnings().map(({ resource, problem }) => `${resource}: ${problem}`);
  assert.equal(told.some((line, i) => line === told[i - 1]), false, "a state is told once");
});

Deno.test("what happened while the operator was dead is put right when it starts again", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  await createNamespace(cluster, "shop");
  await createPod(cluster, "shop", "web");
  await createPolicy(cluster, "shop", "stays", ALL_CHECKS);
  await createPolicy(cluster, "shop", "goes", ALL_CHECKS);
  {
    await using operator = startOperator(cluster);
    await statusIs(cluster, "shop", "stays", ({ violations }) => violations === 2);
    await statusIs(cluster, "shop", "goes", ({ violations }) => violations === 2);
    const { code } = await operator.end("SIGKILL");
    assert.equal(code, 137);
  }
  await createPod(cluster, "shop", "second");
  await deletePod(cluster, "shop", "web");
  await createPod(cluster, "shop", "third");
  await changePolicy(cluster, "shop", "stays", { spec: { requireLivenessProbe: false } });
  await cluster.kubectl(["delete", "dop", "goes", "-n", "shop", "--wait=false"]);
  assert.deepEqual((await readPolicy(cluster, "shop", "goes"))?.metadata.finalizers, [FINALIZER]);

  await using operator = startOperator(cluster);
  await statusIs(cluster, "shop", "stays", ({ violations, pods }) => violations === 2 && pods === 2);
  await eventually(async () => await readPolicy(cluster, "shop", "goes") === undefined, {
    what: "it goes away",
  });
  assert.doesNotMatch((await operator.get("/metrics")).body, /policy="goes"/);
});

Deno.test("an API server that goes away and comes back finds its watches resumed, not everything listed again", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  await createNamespace(cluster, "shop");
  await createPolicy(cluster, "shop", "policy", ALL_CHECKS);
  await using operator = startOperator(cluster);
  await statusIs(cluster, "shop", "policy", ({ pods }) => pods === 0);

  await cluster.killApiServer();
  await eventually(() => operator.log.some(({ level }) => level === "WARN"), {
    what: "a warning",
  });
  assert.equal((await operator.get("/healthz")).status, 200);
  await cluster.startApiServer();
  await createPod(cluster, "shop", "web");
  await statusIs(cluster, "shop", "policy", ({ violations }) => violations === 2, 60_000);
  assert.equal(await listRequests(cluster, "devopspolicies"), 0);
  const { code } = await operator.end("SIGINT");
  assert.equal(code, 0);
});

Deno.test("without watch-lists on the server the operator lists once, and then watches", async () => {
  await using cluster = await startControlPlane({ apiServerArgs: ["--feature-gates=WatchList=false"] });
  await installCrd(cluster);
  await createNamespace(cluster, "shop");
  await createPod(cluster, "shop", "web");
  await createPolicy(cluster, "shop", "policy", ALL_CHECKS);
  await using _operator = startOperator(cluster);
  await statusIs(cluster, "shop", "policy", ({ violations }) => violations === 2);
  const lists = await listRequests(cluster, "pods");
  await deletePod(cluster, "shop", "web");
  await statusIs(cluster, "shop", "policy", ({ pods }) => pods === 0);
  assert.equal(await listRequests(cluster, "pods"), lists);

  const { code, stdout } = await runProgram(["check", "--kubeconfig", cluster.kubeconfig]);
  assert.equal(code, 0);
  assert.match(stdout, /^watch-list of pods supported +warning {2}not supported: lists in pages instead/m);
});

Deno.test("a policy that an old CRD let in says that it is invalid, and all others go on", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const lax = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const { code, stderr } = await cluster.kubectl([
    "patch",
    "crd",
    "devopspolicies.devops.stochastic.io",
    "--type=json",
    "-p",
    JSON.stringify([
      { op: "replace", path: "/spec/versions/0/schema/openAPIV3Schema/properties/spec", value: lax },
    ]),
  ]);
  assert.equal(code, 0, stderr);
  await createNamespace(cluster, "shop");
  await createPod(cluster, "shop", "web");
  await eventually(async () => {
    await createPolicy(cluster, "shop", "broken", { maxRestartCount: "many\u001b[2J" });
    return true;
  }, { what: "the lax definition is served" });
  await createPolicy(cluster, "shop", "sound", ALL_CHECKS);
  await using operator = startOperator(cluster);
  await statusIs(cluster, "shop", "sound", ({ violations }) => violations === 2);
  const status = await statusIs(cluster, "shop", "broken", (status) => status.conditions !== undefined);
  assert.equal(reasonOf(status, "Ready"), "False/InvalidSpec");
  assert.equal(reasonOf(status, "Compliant"), "Unknown/InvalidSpec");
  assert.equal(status.healthScore, undefined);
  assert.match(
    status.conditions?.[0]?.message ?? "",
    /^spec\.maxRestartCount must be integer, it is "many\\u001b\[2J"\.$/,
  );
  await changePolicy(cluster, "shop", "broken", { spec: { maxRestartCount: 1 } });
  await statusIs(cluster, "shop", "broken", ({ healthScore }) => healthScore === 100);
  assert.equal((await operator.end("SIGTERM")).stderr.includes("\u001b"), false);
});
