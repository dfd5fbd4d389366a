// The operator's main job, with real kubectl on a real API server: a status that is true within a second of every change.

import assert from "node:assert/strict";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, deletePod, listRequests, setPodStatus } from "./fixtures.ts";
import { startOperator } from "./operator_process.ts";
import {
  ALL_CHECKS,
  changePolicy,
  createPolicy,
  installCrd,
  readPolicy,
  reasonOf,
  statusIs,
} from "./policies.ts";

const PROBE = { exec: { command: ["true"] } };
/** What is promised; less than the interval of requeues. */
const PROMPTLY_MS = 1_000;
const COMPLIANT = {
  spec: { containers: [{ name: "app", image: "app:1.0", livenessProbe: PROBE, readinessProbe: PROBE }] },
};

Deno.test("the operator on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  await using operator = startOperator(cluster, ["--requeue-interval", "5s"]);
  await operator.ready();
  // What kubectl itself lists does not count.
  let byKubectl = 0;
  const lists = async () =>
    await listRequests(cluster, "pods") + await listRequests(cluster, "devopspolicies");
  const listsAtStart = await lists();

  await t.step("is ready with no policies at all", async () => {
    assert.deepEqual(await operator.get("/readyz"), { status: 200, body: "ok\n" });
    assert.deepEqual(await operator.get("/healthz"), { status: 200, body: "ok\n" });
    assert.equal((await operator.get("/else")).status, 404);
  });

  await t.step("kubectl applies the samples, and gets the columns and the findings", async () => {
    for (const file of ["sample-devopspolicy", "strict-devopspolicy", "compliant-pod", "breaks-latest-tag"]) {
      const { code, stderr } = await cluster.kubectl(["apply", "-f", `kube-tests/${file}.yaml`]);
      assert.equal(code, 0, stderr);
    }
    await promptly(cluster, "production", "default-policy", ({ violations }) => violations === 2);
    await promptly(cluster, "production", "strict", ({ violations }) => violations === 2);
    const { stdout } = await cluster.kubectl(["get", "dop", "-n", "production"]);
    byKubectl++;
    const [header, row] = stdout.split("\n").map((line) => line.trim().split(/\s{2,}/));
    assert.deepEqual(header, ["NAME", "SCORE", "HEALTHY", "VIOLATIONS", "LAST-EVALUATED", "AGE"]);
    assert.deepEqual(row?.slice(0, 4), ["default-policy", "95", "true", "2"]);
    const wide = await cluster.kubectl(["get", "devopspolicies", "-n", "production", "-o", "wide"]);
    byKubectl++;
    assert.match(wide.stdout, /MESSAGE/);
    assert.match(wide.stdout, /2 violations across 2 pods — Healthy \(95\)/);
    const described = await cluster.kubectl(["describe", "dop", "default-policy", "-n", "production"]);
    assert.match(described.stdout, /Container:\s+prepare/);
    assert.match(described.stdout, /image nginx:latest resolves to latest/);
    assert.match(described.stdout, /Reason:\s+ViolationsFound/);
  });

  await t.step("the status follows pods added, changed and deleted within a second", async () => {
    await createNamespace(cluster, "follow");
    await createPolicy(cluster, "follow", "policy", ALL_CHECKS);
    const empty = await promptly(cluster, "follow", "policy", ({ pods }) => pods === 0);
    assert.equal(reasonOf(empty, "Compliant"), "Unknown/NoPods");
    assert.equal(empty.healthScore, 100);

    await createPod(cluster, "follow", "good", COMPLIANT);
    const compliant = await promptly(cluster, "follow", "policy", ({ pods }) => pods === 1);
    assert.equal(reasonOf(compliant, "Compliant"), "True/NoViolations");

    await createPod(cluster, "follow", "constructor", {
      spec: { containers: [{ name: "app", image: "app" }] },
    });
    await promptly(
      cluster,
      "follow",
      "policy",
      ({ violations, healthScore }) => violations === 3 && healthScore === 95,
    );
    await restarts(cluster, "follow", "constructor", 4);
    await promptly(
      cluster,
      "follow",
      "policy",
      ({ findings }) => findings?.[0]?.detail === "4 restarts, 3 allowed",
    );
    await setPodStatus(cluster, "follow", "constructor", { phase: "Succeeded" });
    await promptly(cluster, "follow", "policy", ({ pods, violations }) => pods === 1 && violations === 0);
    await setPodStatus(cluster, "follow", "constructor", { phase: "Running" });
    await promptly(cluster, "follow", "policy", ({ pods, violations }) => pods === 2 && violations === 4);
    await deletePod(cluster, "follow", "constructor");
    await promptly(cluster, "follow", "policy", ({ pods, violations }) => pods === 1 && violations === 0);
  });

  await t.step("a changed policy is evaluated anew, and says of which generation it speaks", async () => {
    await createPod(cluster, "follow", "untagged", {
      spec: { containers: [{ name: "app", image: "host:5000/app" }] },
    });
    await promptly(cluster, "follow", "policy", ({ violations }) => violations === 3);
    const { metadata } = await changePolicy(cluster, "follow", "policy", {
      spec: { forbidLatestTag: false },
    });
    const status = await promptly(cluster, "follow", "policy", ({ violations }) => violations === 2);
    assert.equal(status.observedGeneration, metadata.generation);
  });

  await t.step("a pending pod turns into a violation on its own, without any event", async () => {
    await createNamespace(cluster, "waiting");
    await createPod(cluster, "waiting", "stuck", COMPLIANT);
    await createPolicy(cluster, "waiting", "policy", { forbidPendingDuration: 3 });
    await promptly(cluster, "waiting", "policy", ({ pods, violations }) => pods === 1 && violations === 0);
    const status = await statusIs(cluster, "waiting", "policy", ({ violations }) => violations === 1);
    assert.deepEqual(status.findings, [{
      pod: "stuck",
      check: "pending",
      detail: "Pending for longer than 3 s",
    }]);
  });

  await t.step("a policy in a system namespace is evaluated over no pods, and says so", async () => {
    await createPod(cluster, "kube-system", "system-pod");
    await createPolicy(cluster, "kube-system", "policy", ALL_CHECKS);
    const status = await promptly(cluster, "kube-system", "policy", ({ healthScore }) => healthScore === 100);
    assert.equal(status.pods, 0);
    assert.equal(reasonOf(status, "Compliant"), "Unknown/SystemNamespace");
  });

  await t.step("what somebody wrote over a status is put right at the next evaluation", async () => {
    const path = "/apis/devops.stochastic.io/v1/namespaces/follow/devopspolicies/policy/status";
    const foreign = {
      type: "Audited",
      status: "True",
      reason: "ByHand",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    const before = (await readPolicy(cluster, "follow", "policy"))?.status?.conditions ?? [];
    const response = await cluster.request("PATCH", path, {
      status: { healthScore: 7, conditions: [foreign, ...before] },
    });
    await response.body?.cancel();
    const status = await statusIs(cluster, "follow", "policy", ({ healthScore }) => healthScore === 98);
    assert.deepEqual(status.conditions?.map(({ type }) => type), ["Audited", "Ready", "Compliant"]);
  });

  await t.step(
    "finalizers of others, in front of ours and behind, survive adding and removing it",
    async () => {
      const ours = "devops.stochastic.io/cleanup";
      await createPolicy(cluster, "follow", "shared", {}, { finalizers: ["example.com/first"] });
      await promptly(cluster, "follow", "shared", ({ healthScore }) => healthScore === 100);
      const held = await readPolicy(cluster, "follow", "shared");
      assert.deepEqual(held?.metadata.finalizers, ["example.com/first", ours]);
      await changePolicy(cluster, "follow", "shared", {
        metadata: { finalizers: ["example.com/first", ours, "example.com/last"] },
      });
      await cluster.kubectl(["delete", "dop", "shared", "-n", "follow", "--wait=false"]);
      await eventually(
        async () =>
          (await readPolicy(cluster, "follow", "shared"))?.metadata.finalizers?.join() ===
            "example.com/first,example.com/last",
        { what: "only our finalizer is removed" },
      );
      await changePolicy(cluster, "follow", "shared", { metadata: { finalizers: null } });
      assert.equal(await readPolicy(cluster, "follow", "shared"), undefined);
    },
  );

  await t.step("kubectl delete returns, and the policy's series are gone", async () => {
    assert.match((await operator.get("/metrics")).body, /policy="strict"/);
    const { code } = await cluster.kubectl(["delete", "dop", "strict", "-n", "production", "--timeout=20s"]);
    assert.equal(code, 0);
    let body = "";
    // Whoever scrapes within a second gets what the one before got.
    await eventually(async () => {
      ({ body } = await operator.get("/metrics"));
      return !body.includes('policy="strict"');
    }, { what: "its series are gone" });
    assert.match(body, /devopspolicy_health_score\{namespace="production",policy="default-policy"\} 95/);
  });

  await t.step("after the start nothing was listed", async () => {
    assert.equal(await lists() - byKubectl, listsAtStart);
  });

  await t.step("SIGTERM ends it with 0", async () => {
    const { code, stdout } = await operator.end("SIGTERM");
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "" });
  });
});

/** The status is as `expected` says before a requeue can have brought it about. */
function promptly(...[cluster, namespace, name, expected]: Parameters<typeof statusIs>) {
  return statusIs(cluster, namespace, name, expected, PROMPTLY_MS);
}

async function restarts(
  cluster: ControlPlane,
  namespace: string,
  pod: string,
  restartCount: number,
): Promise<void> {
  const app = {
    name: "app",
    image: "app",
    imageID: "",
    ready: true,
    restartCount,
    state: { running: {} },
    lastState: {},
  };
  await setPodStatus(cluster, namespace, pod, { phase: "Running", containerStatuses: [app] });
}
