/** `deno task bench:cluster`: measures the operator on a real API server, side by side with others. */

import { onStopSignal } from "../../lib/cli/stop_signal.ts";
import { type ControlPlane, startControlPlane } from "../../tests/cluster/control_plane.ts";
import { installCrd } from "../../tests/cluster/policies.ts";
import { AuditLog } from "./audit.ts";
import { type Contender, requireOwnMounts } from "./contender.ts";
import { createNamespaces, createPods } from "./fill.ts";
import { machine } from "./machine.ts";
import { ACCOUNTS_NAMESPACE, type Course, type Figures, measure } from "./measure.ts";
import { HELP, type Options, parseOptions, UsageError } from "./options.ts";
import { buildPeer } from "./peer.ts";
import { report } from "./report.ts";
import { World } from "./world.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  using stop = onStopSignal({ hangup: true });
  try {
    const options = parseOptions(args);
    if (options === undefined) console.log(HELP);
    else await compare(options, stop.signal);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error: ${error.message} (see --help)`);
      return 2;
    }
    console.error(stop.signal.aborted ? "interrupted" : `error: ${(error as Error).message}`);
    return 1;
  } finally {
    stop.close();
  }
}

/** Measures every operator in turn and prints the table. */
async function compare(options: Options, signal: AbortSignal): Promise<void> {
  const { pods, namespaces, runs, changes, restSeconds } = options;
  await requireOwnMounts();
  const peers = options.peers.length > 0 ? peersBehind(await buildPeer(), options.peers) : [];
  const contenders = [...options.contenders, ...peers];
  const before = await machine();

  const dir = await Deno.makeTempDir({ prefix: "kube-devops-bench-" });
  await using folder = new AsyncDisposableStack();
  folder.defer(() => Deno.remove(dir, { recursive: true }));
  const users = contenders.map(({ name }) => `system:serviceaccount:${ACCOUNTS_NAMESPACE}:${name}`);
  const audit = await AuditLog.of(users, dir);
  tell("starting an API server");
  await using cluster = await startControlPlane({ apiServerArgs: audit.apiServerArgs });
  await installCrd(cluster);
  await allow(cluster, contenders);

  const world = new World({ pods, namespaces });
  await createNamespaces(cluster, world.size, signal);
  await createPods(cluster, world.size, (count) => tell(`${count} of ${pods} pods created`), signal);

  const course: Course = { cluster, audit, world, dir, changes, restSeconds, signal };
  const results = contenders.map(({ name }) => ({ name, runs: [] as Figures[] }));
  for (let round = 0; round < runs; round++) {
    // Each one goes first as often as any other: the server's caches get warmer all the time.
    for (let i = 0; i < contenders.length; i++) {
      const turn = (i + round) % contenders.length;
      tell(`run ${round + 1} of ${runs}: ${contenders[turn]!.name}`);
      results[turn]!.runs.push(await measure(contenders[turn]!, course));
    }
  }

  console.log(`${pods} pods and ${namespaces} policies. ${before} at the start\n`);
  console.log(report(results, options));
  if (options.json !== undefined) {
    const everything = { machine: before, pods, namespaces, changes, restSeconds, results };
    await Deno.writeTextFile(options.json, `${JSON.stringify(everything, null, 2)}\n`);
  }
}

function peersBehind(binary: string, peers: Options["peers"]): readonly Contender[] {
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

/** Tells how far it has come; the table alone goes to stdout. */
function tell(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}
