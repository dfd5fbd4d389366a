/** Measures operators on a real API server with a real etcd, filled with pods through its API. */

import { type ControlPlane, startControlPlane } from "../../tests/cluster/control_plane.ts";
import { installCrd } from "../../tests/cluster/policies.ts";
import { AuditLog } from "./audit.ts";
import type { Contender } from "./contender.ts";
import { createNamespaces, createPods, podBytes } from "./fill.ts";
import { ACCOUNTS_NAMESPACE, type Figures, measure } from "./measure.ts";
import type { Options } from "./options.ts";
import { buildPeer } from "./peer.ts";
import type { Result } from "./report.ts";
import { rounds } from "./rounds.ts";
import { World } from "./world.ts";

/** What a bench run works with. */
export interface Workplace {
  /** A folder for what is written meanwhile. */
  readonly dir: string;
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Measures the contenders, and the peers that were asked for. */
export async function measureOnCluster(
  options: Options,
  { dir, tell, signal }: Workplace,
): Promise<readonly Result<Figures>[]> {
  const { pods, namespaces, runs, changes, restSeconds } = options;
  const contenders = [...options.contenders, ...await peers(options)];
  const users = contenders.map(({ name }) => `system:serviceaccount:${ACCOUNTS_NAMESPACE}:${name}`);
  const audit = await AuditLog.of(users, dir);
  tell("starting an API server");
  await using cluster = await startControlPlane({ apiServerArgs: audit.apiServerArgs });
  await installCrd(cluster);
  await allow(cluster, contenders);

  const world = new World({ pods, namespaces });
  await createNamespaces(cluster, world.size, signal);
  await createPods(cluster, world.size, (count) => tell(`${count} of ${pods} pods created`), signal);

  const { json, protobuf } = await podBytes(cluster, world.size);
  tell(`a pod is ${json} bytes of JSON or ${protobuf} of protobuf, on average`);
  const course = { cluster, audit, world, dir, changes, restSeconds, signal };
  return await rounds({ contenders, runs, tell, measure: (contender) => measure(contender, course) });
}

async function peers({ peers }: Options): Promise<readonly Contender[]> {
  if (peers.length === 0) return [];
  const binary = await buildPeer();
  return peers.map((name) => ({ name, command: name === "peer-lean" ? [binary, "--lean"] : [binary] }));
}

/** Gives the service account of every operator the same rights. */
async function allow(cluster: ControlPlane, contenders: readonly Contender[]): Promise<void> {
  const name = "kube-devops-bench";
  const policies = {
    apiGroups: ["devops.stochastic.io"],
    resources: ["devopspolicies", "devopspolicies/status"],
  };
  const objects = {
    clusterroles: {
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
        { ...policies, verbs: ["get", "list", "watch", "patch", "update"] },
      ],
    },
    clusterrolebindings: {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: contenders.map(({ name }) => ({
        kind: "ServiceAccount",
        namespace: ACCOUNTS_NAMESPACE,
        name,
      })),
    },
  };
  for (const [resource, object] of Object.entries(objects)) {
    const path = `/apis/rbac.authorization.k8s.io/v1/${resource}`;
    const response = await cluster.request("POST", path, { metadata: { name }, ...object });
    if (!response.ok) throw new Error(`Cannot create ${resource}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}
