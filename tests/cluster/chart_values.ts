// The values of the Helm chart: what each changes, and which it refuses.

import assert from "node:assert/strict";
import { parse } from "yaml";
import { electionPermissions } from "../../lib/operator/permissions.ts";
import { rulesYaml } from "../../tools/generate/rights.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

// deno-lint-ignore no-explicit-any -- objects of every kind, looked into everywhere
type Any = any;
/** All objects of an installation. */
export type Objects = Any[];

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
export const VALUES: Readonly<Record<string, (objects: Objects) => void>> = {
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
export const REFUSED: Readonly<Record<string, RegExp>> = {
  "replica=2": /additional properties 'replica' not allowed|Additional property replica is not allowed/,
  "replicas=2":
    /replicas=2 needs leaderElection\.enabled=true: without it all of them would do the same work\./,
  "replicas=-1": /replicas/,
  "image.digest=latest": /image.digest/,
  "namespaces={Team}": /namespaces/,
  "networkPolicy.enabled=maybe": /networkPolicy.enabled/,
};
