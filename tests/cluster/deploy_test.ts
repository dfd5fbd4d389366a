// deploy/ on a real API server: all of it is accepted without a warning, and what would weaken it is not.

import assert from "node:assert/strict";
import { parse } from "yaml";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { createNamespace } from "./fixtures.ts";
import { objectsIn } from "./manifests.ts";

/** What a pod spec may hold, as far as these tests change it. */
interface PodSpec {
  securityContext: Record<string, unknown>;
  containers: { securityContext: Record<string, unknown> }[];
}

// deno-lint-ignore no-explicit-any -- a Deployment, looked into everywhere
type Any = any;

/** Each way to fall below the restricted level, and how the server calls it. */
const WEAKENED: Readonly<Record<string, readonly [change: (spec: PodSpec) => void, named: string]>> = {
  "may run as root": [({ securityContext }) => delete securityContext.runAsNonRoot, "runAsNonRoot != true"],
  "has no seccomp profile": [
    ({ securityContext }) => delete securityContext.seccompProfile,
    "seccompProfile",
  ],
  "may gain privileges": [
    ({ containers }) => delete containers[0]!.securityContext.allowPrivilegeEscalation,
    "allowPrivilegeEscalation != false",
  ],
  "keeps its capabilities": [
    ({ containers }) => delete containers[0]!.securityContext.capabilities,
    "unrestricted capabilities",
  ],
};

Deno.test("deploy/ on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await createNamespace(cluster, "team");
  const install = await Deno.readTextFile("deploy/install.yaml");

  await t.step("install.yaml holds the objects that kustomize makes of deploy/base", async () => {
    assert.deepEqual(objectsIn(install), objectsIn(await kubectl(cluster, ["kustomize", "deploy/base"])));
  });

  for (
    const [source, count] of [
      ["--filename=deploy/install.yaml", 8],
      ["--kustomize=deploy/namespaced", 8],
      ["--kustomize=deploy/high-availability", 11],
    ] as const
  ) {
    await t.step(
      `every object of ${source} applies without a warning, and is then as it was sent`,
      async () => {
        // A dry run creates no namespace for the rest.
        await kubectl(cluster, ["apply", "--filename=deploy/base/namespace.yaml"]);
        const apply = ["apply", source, "--warnings-as-errors"];
        for (const how of [["--dry-run=server"], [], ["--dry-run=server"]]) {
          const { code, stdout, stderr } = await cluster.kubectl([...apply, ...how]);
          assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
          assert.equal(stdout.trim().split("\n").length, count);
        }
        const again = (await kubectl(cluster, [...apply])).split("\n");
        // A budget's selector is replaced each time, by the same.
        const changed = again.filter((line) =>
          !/ unchanged$|^$|^poddisruptionbudget\.\S+ configured$/.test(line)
        );
        assert.deepEqual(changed, []);
      },
    );
  }

  await t.step("of a cluster-wide right, deploy/namespaced has none", async () => {
    const objects = objectsIn(await kubectl(cluster, ["kustomize", "deploy/namespaced"]));
    const rights = objects.filter(({ kind }) => /Role/.test(kind));
    assert.deepEqual(rights.map(({ kind, metadata: { namespace } }) => [kind, namespace]), [
      ["Role", "team"],
      ["RoleBinding", "team"],
    ]);
  });

  await t.step("deploy/high-availability is deploy/base with a second replica and its rights", async () => {
    const objects = objectsIn(await kubectl(cluster, ["kustomize", "deploy/high-availability"]));
    const base = objectsIn(install);
    const more = objects.filter(({ kind, metadata: { name } }) =>
      !base.some((object) => object.kind === kind && object.metadata.name === name)
    );
    assert.deepEqual(more.map(({ kind, metadata: { name, namespace } }) => `${kind} ${namespace}/${name}`), [
      "PodDisruptionBudget devops-system/kube-devops",
      "Role devops-system/kube-devops-leader-election",
      "RoleBinding devops-system/kube-devops-leader-election",
    ]);
    const [single, double] = [base, objects].map((all) =>
      structuredClone(all.find(({ kind }) => kind === "Deployment")) as Any
    );
    assert.equal(double.spec.replicas, 2);
    assert.equal(double.spec.strategy.type, "RollingUpdate");
    const { topologySpreadConstraints, ...pod } = double.spec.template.spec;
    for (const { labelSelector } of topologySpreadConstraints) {
      assert.deepEqual(labelSelector, single.spec.selector);
    }
    assert.equal(pod.containers[0].args.pop(), "--leader-elect");
    assert.deepEqual(pod, single.spec.template.spec);
  });

  const deployment = parse(await Deno.readTextFile("deploy/base/deployment.yaml"));
  const tryPod = async (spec: PodSpec) => {
    const path = "/api/v1/namespaces/devops-system/pods?dryRun=All";
    const response = await cluster.request("POST", path, { metadata: { name: "trial" }, spec });
    const { message = "" } = await response.json();
    return { status: response.status, message };
  };

  await t.step("the namespace takes the operator's pod", async () => {
    assert.deepEqual(await tryPod(deployment.spec.template.spec), { status: 201, message: "" });
  });

  for (const [what, [change, named]] of Object.entries(WEAKENED)) {
    await t.step(
      `the namespace warns of the operator's Deployment, and refuses its pod, if it ${what}`,
      async () => {
        const weakened = structuredClone(deployment);
        change(weakened.spec.template.spec);
        const { status, message } = await tryPod(weakened.spec.template.spec);
        assert.equal(status, 403);
        assert.ok(message.includes(named), message);
        const { code, stderr } = await cluster.kubectl(["apply", "--dry-run=server", "--filename=-"], {
          stdin: JSON.stringify(weakened),
        });
        assert.equal(code, 0);
        assert.match(stderr, /^Warning: would violate PodSecurity "restricted:latest": /);
        assert.ok(stderr.includes(named), stderr);
      },
    );
  }
});

async function kubectl(cluster: ControlPlane, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  assert.equal(code, 0, stderr);
  return stdout;
}
