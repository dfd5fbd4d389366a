// What the operator asks a real API server for is what deploy/ grants it, no more, no less; and it names what is missing.

import assert from "node:assert/strict";
import { parse } from "yaml";
import { PERMISSIONS } from "../../lib/operator/permissions.ts";
import { roleYaml } from "../../tools/generate/rights.ts";
import { type AuditedRequest, createAuditLog } from "./audit.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { startOperator } from "./operator_process.ts";
import { createPolicy, readPolicy, statusIs } from "./policies.ts";
import { changeClass, contend, livePolicy } from "./policy_life.ts";

const NAMESPACE = "devops-system";
const ACCOUNT = "kube-devops";
const USER = `system:serviceaccount:${NAMESPACE}:${ACCOUNT}`;
/** A server that does not stream collections has to be asked for lists. */
const WITHOUT_STREAMS = ["--feature-gates=WatchList=false"];

type Right = Pick<AuditedRequest, "verb" | "group" | "resource">;
const nameOf = ({ verb, group, resource }: Right) => `${verb} ${group}/${resource}`;
const COUNTING = "patch events.k8s.io/events";
const GRANTED = PERMISSIONS.map(nameOf).sort();

Deno.test("the operator's rights on a real API server", async (t) => {
  await using audit = await createAuditLog(USER);
  await using cluster = await startControlPlane({ apiServerArgs: audit.apiServerArgs });
  await kubectl(cluster, ["apply", "--filename=deploy/install.yaml"]);
  for (const namespace of ["team", "other"]) {
    await createNamespace(cluster, namespace);
    await createPod(cluster, namespace, "web");
  }
  const token = await createServiceAccountToken(cluster, NAMESPACE, ACCOUNT);
  const kubeconfig = await writeKubeconfig(cluster, "account", { token });
  const { spec } = parse(await Deno.readTextFile("deploy/base/deployment.yaml"));
  const [container] = spec.template.spec.containers;

  const asked = async (from = 0) => [...new Set((await audit.requests()).slice(from).map(nameOf))].sort();
  const reads = async () => (await audit.requests()).filter(({ verb }) => verb === "get").length;

  /** How often an event was told to have happened again. */
  const counts = async () => (await audit.requests()).map(nameOf).filter((name) => name === COUNTING).length;

  /** One run of the operator with a policy's life in it. */
  async function run(policy: string, args: readonly string[] = []): Promise<void> {
    const [before, counted] = [await reads(), await counts()];
    await using operator = startOperator({ kubeconfig }, args);
    await operator.ready();
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      assert.equal((await operator.get(container[probe].httpGet.path)).status, 200, probe);
    }
    await livePolicy(cluster, "team", policy, {
      hasLostRace: async () => await reads() > before,
      hasCounted: async () => await counts() > counted,
    });
    assert.equal((await operator.end("SIGTERM")).code, 0);
  }

  await t.step("it asks a server that streams collections for everything but lists", async () => {
    await run("first");
    await run("second");
    assert.deepEqual(await asked(), GRANTED.filter((right) => !right.startsWith("list ")));
  });

  await t.step(
    "over all servers it asks for what it is granted, no more, no less, and is never refused",
    async () => {
      await cluster.stopApiServer();
      await cluster.startApiServer(WITHOUT_STREAMS);
      await run("third");
      assert.deepEqual(await asked(), GRANTED);
      const requests = await audit.requests();
      assert.deepEqual(requests.filter(({ resource }) => resource === ""), [], "paths that are no resources");
      assert.deepEqual(requests.filter(({ code }) => code === 401 || code === 403), []);
    },
  );

  for (const missing of PERMISSIONS) {
    await t.step(`without the right to ${missing.verb} ${missing.resource} it names that right`, async () => {
      const policy = `without-${missing.verb}-${missing.resource.replace("/", "-")}`;
      await createPolicy(cluster, "team", policy, { requireLivenessProbe: true });
      await grant(cluster, PERMISSIONS.filter((right) => right !== missing));
      await using operator = startOperator({ kubeconfig });
      const named = () =>
        operator.log.filter(({ level }) => level === "WARN").flatMap(({ problem }) =>
          /^Not allowed to .*: (\S+) may not (\S+) (\S+) .*\. Grant it the verb "\2" on "\3" in the API group "(.*)"\./
            .exec(String(problem))?.slice(1).join(" ") ?? [`unclear: ${problem}`]
        );
      const isNamed = () => named().length > 0;
      if (missing.verb === "get") await contend(cluster, "team", policy, isNamed);
      else if (missing.resource === "events") await changeClass(cluster, "team", policy, isNamed);
      else await eventually(isNamed, { what: "a warning" });
      const { verb, resource, group } = missing;
      assert.deepEqual([...new Set(named())], [`${USER} ${verb} ${resource} ${group}`]);
    });
  }

  await t.step("with all of them back everything is put right", async () => {
    await grant(cluster, PERMISSIONS);
    await using _operator = startOperator({ kubeconfig });
    for (const { verb, resource } of PERMISSIONS) {
      const policy = `without-${verb}-${resource.replace("/", "-")}`;
      await statusIs(cluster, "team", policy, ({ violations }) => (violations ?? 0) > 0);
    }
  });

  await t.step(
    "with deploy/namespaced it does its work in that namespace, and asks for nothing beyond",
    async () => {
      for (const kind of ["clusterrole", "clusterrolebinding"]) {
        await kubectl(cluster, ["delete", kind, ACCOUNT]);
      }
      await kubectl(cluster, ["apply", "--kustomize=deploy/namespaced"]);
      const before = (await audit.requests()).length;
      await createPolicy(cluster, "other", "foreign", { requireLivenessProbe: true });
      const deployed = JSON.parse(
        await kubectl(cluster, ["get", "deployment", ACCOUNT, "-n", NAMESPACE, "-o", "json"]),
      );
      const args: string[] = deployed.spec.template.spec.containers[0].args;
      await run("fourth", args.slice(container.args.length));
      const requests = (await audit.requests()).slice(before);
      assert.deepEqual(await asked(before), GRANTED);
      assert.deepEqual(new Set(requests.map(({ namespace }) => namespace)), new Set(["team"]));
      assert.equal((await readPolicy(cluster, "other", "foreign"))?.status, undefined);
    },
  );
});

/** Gives the account these rights in every namespace, and none besides. */
async function grant(cluster: ControlPlane, permissions: typeof PERMISSIONS): Promise<void> {
  await kubectl(cluster, ["apply", "--filename=-"], roleYaml("ClusterRole", permissions));
  const allowed = async (right: (typeof PERMISSIONS)[number]) => {
    const [resource, subresource] = right.resource.split("/");
    const attributes = { verb: right.verb, group: right.group, resource, subresource, namespace: "team" };
    const response = await cluster.request(
      "POST",
      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      { spec: { user: USER, resourceAttributes: attributes } },
    );
    return (await response.json()).status.allowed === permissions.includes(right);
  };
  await eventually(async () => (await Promise.all(PERMISSIONS.map(allowed))).every(Boolean), {
    what: "the rights are in force",
  });
}

async function kubectl(cluster: ControlPlane, args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args, stdin === undefined ? {} : { stdin });
  assert.equal(code, 0, stderr);
  return stdout;
}
