/** `reconcile --leader-elect` as a process: which lease it takes, and what it says when it cannot or may no longer. */

import assert from "node:assert/strict";
import { leaseOf } from "../../lib/cli/leader_election.ts";
import { eventually } from "../cluster/eventually.ts";
import { captured } from "../support/captured.ts";
import { Program } from "../support/program.ts";
import { startReachable } from "./harness.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

Deno.test("leaseOf() takes the namespace that is asked for, or else the pod's own", async () => {
  const inPod = { namespace: () => Promise.resolve("devops-system") };
  const name = "kube-devops";
  assert.deepEqual(await leaseOf({ leaseName: name }, inPod), { namespace: "devops-system", name });
  assert.deepEqual(await leaseOf({ leaseName: "x", leaseNamespace: "team" }, inPod), {
    namespace: "team",
    name: "x",
  });
});

Deno.test("reconcile --leader-elect outside of a pod wants to be told the lease's namespace", async () => {
  await using server = await startReachable();
  const { code, stderr } = await captured(
    ...["reconcile", "--leader-elect", "--metrics-addr", "0", "--kubeconfig", server.kubeconfig],
  );
  assert.equal(code, 2);
  assert.match(
    stderr,
    /\nerror: Cannot tell the namespace of the lease, as this is not a pod: pass --lease-namespace, the same for every replica\.\n$/,
  );
  assert.deepEqual(server.cluster.calls, []);
});

for (const flags of [["--leader-elect"], []]) {
  Deno.test(`reconcile --lease-namespace ${flags.join()} takes the lease, and ends with 3 when another takes it`, async () => {
    await using server = await startReachable();
    await server.cluster.install();
    let takenOver = false;
    server.cluster.fault = async ({ verb, resource }, next) => {
      if (resource === "leases" && verb === "patch" && !takenOver) {
        takenOver = true;
        await server.cluster.send("PATCH", `${LEASES}/kube-devops`, { spec: { holderIdentity: "other" } });
      }
      return await next();
    };
    const { code, stderr } = await captured(
      ...["reconcile", ...flags, "--lease-namespace", "default", "--metrics-addr", "0"],
      ...["--kubeconfig", server.kubeconfig],
    );
    assert.equal(code, 3);
    assert.match(
      stderr,
      /\nerror: This replica leads no more: the lease is held by other\. Start it again to stand by\. \(lease default\/kube-devops, context "test"\)\n$/,
    );
    assert.match(stderr, /"message":"leading".*"identity":"\S+_[0-9a-f-]{36}"/);
  });
}

Deno.test("reconcile --leader-elect that may not see the lease says which right it lacks, and keeps trying", async () => {
  await using server = await startReachable();
  server.cluster.fault = ({ resource }, next) =>
    resource === "leases"
      ? Promise.resolve(
        Response.json({
          kind: "Status",
          code: 403,
          reason: "Forbidden",
          message:
            'leases.coordination.k8s.io "kube-devops" is forbidden: User "jane" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "default"',
        }, { status: 403 }),
      )
      : next();
  // A process of its own: a signal to this one would stop whatever commands other tests run in it.
  await using program = new Program(
    ["reconcile", "--lease-namespace=default", "--metrics-addr=0", "--kubeconfig", server.kubeconfig],
  );
  await eventually(() => server.cluster.calls.length >= 2, { what: "it tries again" });
  program.signal("SIGTERM");
  const { code, stderr } = await program.end();
  assert.equal(code, 0);
  assert.match(
    stderr,
    /Not allowed to hold the lease default\/kube-devops: jane may not get leases in the namespace \\"default\\"\. Grant it the verb \\"get\\"/,
  );
  assert.deepEqual(server.cluster.calls.filter(({ resource }) => resource !== "leases"), []);
});
