// The Helm chart, by the real Helm on a real API server: the same objects as deploy/base, and what its values change.

import assert from "node:assert/strict";
import { parse } from "yaml";
import { electionPermissions } from "../../lib/operator/permissions.ts";
import { rulesYaml } from "../../tools/generate/rights.ts";
import { findHelm } from "./binaries.ts";
import { startControlPlane } from "./control_plane.ts";
import { createNamespace } from "./fixtures.ts";
import { runKubectl } from "./kubectl.ts";
import { inOrder, type Manifest, objectsIn } from "./manifests.ts";

const RELEASE = ["kube-devops", "deploy/chart", "--namespace=devops-system"];
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

// deno-lint-ignore no-explicit-any -- objects of every kind, looked into everywhere
type Any = any;
type Objects = Any[];

/** The only object of a kind. */
const only = (objects: Objects, kind: string): Any => {
  const [found, ...more] = objects.filter((object) => object.kind === kind);
  assert.ok(found && more.length === 0, `${kind} is there once`);
  return found;
};
const podOf = (objects: Objects): Any => only(objects, "Deployment").spec.template.spec;
const remove = (objects: Objects, kind: string) =>
  void objects.splice(objects.indexOf(only(objects, kind)), 1);

/** Each value, and what becomes of the objects that there would be without it. */
const VALUES: Readonly<Record<string, (objects: Objects) => void>> = {
  "image.repository=mirror.example/kube-devops": (objects) => {
    const [container] = podOf(objects).containers;
    container.image = container.image.replace(/.*:/, "mirror.example/kube-devops:");
  },
  "image.tag=1.2.3": (objects) => podOf(objects).containers[0].image = "ghcr.io/stochastic/kube-devops:1.2.3",
  [`image.tag=1.2.3,image.digest=${DIGEST}`]: (objects) =>
    podOf(objects).containers[0].image = `ghcr.io/stochastic/kube-devops@${DIGEST}`,
  "imagePullSecrets[0].name=pull": (objects) => podOf(objects).imagePullSecrets = [{ name: "pull" }],
  "nodeSelector.disk=fast": (objects) => podOf(objects).nodeSelector = { disk: "fast" },
  "tolerations[0].operator=Exists": (objects) => podOf(objects).tolerations = [{ operator: "Exists" }],
  "resources.limits.memory=1Gi": (objects) => podOf(objects).containers[0].resources.limits.memory = "1Gi",
  "extraArgs={--log-level,debug}": (objects) =>
    podOf(objects).containers[0].args.push("--log-level", "debug"),
  "networkPolicy.enabled=false": (objects) => remove(objects, "NetworkPolicy"),
  "namespaces={team,blue}": (objects) => {
    podOf(objects).containers[0].args.push("--namespace=team", "--namespace=blue");
    for (const kind of ["Role", "RoleBinding"]) {
      const object = JSON.parse(
        JSON.stringify(only(objects, `Cluster${kind}`)).replaceAll("ClusterRole", "Role"),
      );
      remove(objects, `Cluster${kind}`);
      for (const namespace of ["team", "blue"]) {
        objects.push({ ...object, metadata: { ...object.metadata, namespace } });
      }
    }
  },
  "leaderElection.enabled=true": electing,
  "leaderElection.enabled=true,replicas=2": (objects) => {
    electing(objects);
    doubled(objects);
  },
  "serviceMonitor.enabled=true,serviceMonitor.labels.release=main": (objects) => {
    const { metadata, spec } = only(objects, "Service");
    objects.push({
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: { ...metadata, labels: { ...metadata.labels, release: "main" } },
      spec: {
        selector: { matchLabels: spec.selector },
        endpoints: [{ port: spec.ports[0].name, interval: "30s" }],
      },
    });
  },
};

/** What leader election adds to the objects that there would be without it. */
function electing(objects: Objects): void {
  podOf(objects).containers[0].args.push("--leader-elect", "--lease-name=kube-devops");
  const rollingUpdate = { maxUnavailable: 0, maxSurge: 1 };
  only(objects, "Deployment").spec.strategy = { type: "RollingUpdate", rollingUpdate };
  const { metadata } = only(objects, "Deployment");
  const own = { ...metadata, name: `${metadata.name}-leader-election` };
  const binding = only(objects, "ClusterRoleBinding");
  const roleRef = { ...binding.roleRef, kind: "Role", name: own.name };
  objects.push(
    {
      apiVersion: binding.apiVersion,
      kind: "Role",
      metadata: own,
      rules: parse(rulesYaml(electionPermissions())).rules,
    },
    { ...binding, kind: "RoleBinding", metadata: own, roleRef },
  );
}

/** What a second replica adds. */
function doubled(objects: Objects): void {
  const { metadata, spec } = only(objects, "Deployment");
  const labelSelector = spec.selector;
  spec.replicas = 2;
  spec.template.spec.topologySpreadConstraints = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    .map((topologyKey) => ({ topologyKey, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector }));
  objects.push({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata,
    spec: { maxUnavailable: 1, selector: labelSelector },
  });
}

/** Values that the chart does not take, and what Helm says of each. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "replica=2": /additional properties 'replica' not allowed|Additional property replica is not allowed/,
  "replicas=2":
    /replicas=2 needs leaderElection\.enabled=true: without it all of them would do the same work\./,
  "replicas=-1": /replicas/,
  "image.digest=latest": /image.digest/,
  "namespaces={Team}": /namespaces/,
  "networkPolicy.enabled=maybe": /networkPolicy.enabled/,
};

Deno.test("the Helm chart on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await createNamespace(cluster, "team");
  const binary = await findHelm();
  // Helm looks for its settings where kubectl does.
  const run = (args: readonly string[]) => runKubectl(binary, cluster.dir, cluster.kubeconfig, args);
  const helm = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  };
  const text = await Deno.readTextFile("README.md");
  /** What the README has `program` do that begins with `verb`. */
  const readme = (program: string, verb: string) => {
    const [, args] = new RegExp(`^${program} (${verb} .*)$`, "m").exec(text) ?? [];
    return args!.split(" ");
  };
  const render = async (...args: string[]) => objectsIn(await helm("template", ...RELEASE, ...args));

  await t.step("Helm's own lint has nothing against it", async () => {
    assert.match(await helm("lint", "--strict", "deploy/chart"), / 0 chart\(s\) failed/);
  });

  await t.step("its objects are those of install.yaml, except for the namespace", async () => {
    const installed = objectsIn(await Deno.readTextFile("deploy/install.yaml"));
    const rendered = (await render("--include-crds")).map(withoutLabelsOfHelm);
    assert.deepEqual(rendered, installed.filter(({ kind }) => kind !== "Namespace"));
  });

  const standard = await render();
  for (const [values, change] of Object.entries(VALUES)) {
    await t.step(`${values} changes what it should, and nothing else`, async () => {
      const expected = structuredClone(standard) as Objects;
      change(expected);
      assert.deepEqual(await render(`--set=${values}`), inOrder(expected));
    });
  }

  for (const [values, why] of Object.entries(REFUSED)) {
    await t.step(`${values} is refused`, async () => {
      const { code, stderr } = await run(["template", ...RELEASE, `--set=${values}`]);
      assert.equal(code, 1);
      assert.match(stderr, why);
    });
  }

  await t.step("the README's command installs it, without a warning where pods are restricted", async () => {
    await kubectl("apply", "--filename=deploy/base/namespace.yaml");
    assert.match(await helm(...readme("helm", "install")), /^STATUS: deployed$/m);
    const names = await installed();
    assert.equal(names.length, standard.length);
    assert.ok(names.includes("clusterrole.rbac.authorization.k8s.io/kube-devops"), names.join());
  });

  await t.step("an upgrade to two replicas is taken by the server, and the way back as well", async () => {
    await helm("upgrade", ...RELEASE, "--set=replicas=2,leaderElection.enabled=true");
    assert.equal((await installed()).length, standard.length + 3);
    await helm("upgrade", ...RELEASE, "--reset-values");
    assert.equal((await installed()).length, standard.length);
  });

  await t.step("an upgrade to one namespace takes the rights in all others away", async () => {
    await helm("upgrade", ...RELEASE, "--set=namespaces={team}");
    const names = await installed();
    assert.equal(names.length, standard.length);
    assert.deepEqual(names.filter((name) => name.includes("clusterrole")), []);
  });

  await t.step("the README's uninstall leaves nothing but the definition, and so the policies", async () => {
    await helm(...readme("helm", "uninstall"));
    assert.deepEqual(await installed(), []);
    await kubectl("get", "crd/devopspolicies.devops.stochastic.io");
    await kubectl(...readme("kubectl", "delete namespace"));
  });

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** The names of all objects of the release that are there. */
  async function installed(): Promise<readonly string[]> {
    const kinds =
      "poddisruptionbudgets,serviceaccounts,clusterroles,clusterrolebindings,roles,rolebindings,services,networkpolicies,deployments";
    const release = "--selector=app.kubernetes.io/instance=kube-devops";
    return (await kubectl("get", kinds, release, "--all-namespaces", "--output=name")).split("\n").filter(
      Boolean,
    );
  }
});

/** An object as it would be without the labels by which Helm and its releases know their own. */
function withoutLabelsOfHelm(object: Manifest): Manifest {
  const theirs = /^(helm\.sh\/chart|app\.kubernetes\.io\/(instance|version|managed-by))$/;
  return JSON.parse(JSON.stringify(object, (key, value) => theirs.test(key) ? undefined : value));
}
