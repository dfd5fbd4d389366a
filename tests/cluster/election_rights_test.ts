// What leader election asks a real API server for is what deploy/high-availability grants it; and it names what is missing.

import assert from "node:assert/strict";
import { ELECTION_ROLE, electionPermissions, PERMISSIONS } from "../../lib/operator/permissions.ts";
import { LEASE_NAME } from "../../lib/api/devops_policy.ts";
import { roleYaml } from "../../tools/generate/rights.ts";
import { type AuditedRequest, createAuditLog } from "./audit.ts";
import { startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { runProgram, startOperator } from "./operator_process.ts";

const NAMESPACE = "devops-system";
const ACCOUNT = "kube-devops";
const USER = `system:serviceaccount:${NAMESPACE}:${ACCOUNT}`;
const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;

type Right = Pick<AuditedRequest, "verb" | "group" | "resource">;
const nameOf = ({ verb, group, resource }: Right) => `${verb} ${group}/${resource}`;
const ELECTION = electionPermissions();

Deno.test("the rights of leader election on a real API server", async (t) => {
  await using audit = await createAuditLog(USER);
  await using cluster = await startControlPlane({ apiServerArgs: audit.apiServerArgs });
  const kubectl = async (args: readonly string[], stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await cluster.kubectl(args, stdin === undefined ? {} : { stdin });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await kubectl(["apply", "--kustomize=deploy/high-availability"]);
  const token = await createServiceAccountToken(cluster, NAMESPACE, ACCOUNT);
  const kubeconfig = await writeKubeconfig(cluster, "account", { token });
  const deployed = JSON.parse(
    await kubectl(["get", "deployment", ACCOUNT, `--namespace=${NAMESPACE}`, "--output=json"]),
  );
  // In a pod the namespace is known; the metrics have a port of their own here.
  const args = [...deployed.spec.template.spec.containers[0].args.slice(3), `--lease-namespace=${NAMESPACE}`];
  const aboutLeases = async () =>
    (await audit.requests()).filter(({ group }) => group === "coordination.k8s.io");

  await t.step("two replicas ask for what they are granted, in their own namespace alone", async () => {
    await using first = startOperator({ kubeconfig }, args);
    await first.ready();
    await using second = startOperator({ kubeconfig }, args);
    await second.ready();
    assert.equal((await first.end("SIGTERM")).code, 0);
    const leads = () => second.log.some(({ message }) => message === "leading");
    await eventually(leads, { what: "the second one leads" });
    assert.equal((await second.end("SIGTERM")).code, 0);

    const asked = await aboutLeases();
    assert.deepEqual([...new Set(asked.map(nameOf))].sort(), ELECTION.map(nameOf).sort());
    assert.deepEqual([...new Set(asked.map(({ namespace }) => namespace))], [NAMESPACE]);
    assert.deepEqual(asked.filter(({ code }) => code === 401 || code === 403), []);
    const known = new Set([...PERMISSIONS, ...ELECTION].map(nameOf));
    assert.deepEqual((await audit.requests()).map(nameOf).filter((name) => !known.has(name)), []);
  });

  await t.step("check --leader-elect finds all of them", async () => {
    const { code, stdout } = await runProgram(["check", ...args, "--kubeconfig", kubeconfig]);
    assert.equal(code, 0, stdout);
    for (const { verb } of ELECTION) {
      assert.match(stdout, new RegExp(`^may ${verb} leases(/kube-devops)? in devops-system +ok`, "m"));
    }
  });

  for (const missing of ELECTION) {
    const { verb, resource, group } = missing;
    await t.step(`without the right to ${verb} leases a replica names it, and is not ready`, async () => {
      await grant(ELECTION.filter((right) => right !== missing));
      // One that nobody holds, or none.
      const [method, path, body] = verb === "create"
        ? ["DELETE", `${LEASES}/${LEASE_NAME}`]
        : ["POST", LEASES, { metadata: { name: LEASE_NAME } }] as const;
      await (await cluster.request(method, path, body)).body?.cancel();
      const { code, stdout } = await runProgram(["check", ...args, "--kubeconfig", kubeconfig]);
      assert.equal(code, 1, stdout);
      assert.match(stdout, new RegExp(`^may ${verb} leases\\S* in devops-system +no`, "m"));
      await using operator = startOperator({ kubeconfig }, args);
      const problem = () =>
        String(operator.log.find(({ message }) => message.startsWith("cannot read or renew"))?.["problem"]);
      const named = `${USER} may not ${verb} ${resource} in the namespace "${NAMESPACE}". ` +
        `Grant it the verb "${verb}" on "${resource}" in the API group "${group}".`;
      await eventually(() => problem().includes(named), { what: named });
      assert.equal((await operator.get("/readyz")).status, 503);
    });
  }

  /** Gives the account these rights on leases, and none besides. */
  async function grant(permissions: typeof ELECTION): Promise<void> {
    const role = roleYaml("Role", permissions, ELECTION_ROLE);
    await kubectl(["apply", `--namespace=${NAMESPACE}`, "--filename=-"], role);
    const allowed = async ({ verb, group, resource, name }: (typeof ELECTION)[number]) => {
      const resourceAttributes = { verb, group, resource, name, namespace: NAMESPACE };
      const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
      const response = await cluster.request("POST", path, { spec: { user: USER, resourceAttributes } });
      return (await response.json()).status.allowed;
    };
    const inForce = async () =>
      (await Promise.all(ELECTION.map(allowed))).every((is, i) => is === permissions.includes(ELECTION[i]!));
    await eventually(inForce, { what: "the rights are in force" });
  }
});
