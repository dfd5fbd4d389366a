/** What tests of commands share: a cluster, and a kubeconfig that leads there. */

import { systemClock } from "../../lib/cli/system_clock.ts";
import { type Captured, captured } from "../support/captured.ts";
import type { Call } from "../support/front.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { pod } from "../support/pod_builder.ts";
import { SandboxCluster } from "../support/sandbox_cluster.ts";

/** A cluster as a command reaches it. */
export interface Reachable extends AsyncDisposable {
  readonly cluster: SandboxCluster;
  /** The path of a kubeconfig. */
  readonly kubeconfig: string;
}

/** Starts a cluster with no definition of policies; over plain HTTP, where a kubeconfig's token is not sent. */
export async function startReachable(
  { context = "test", asProxy = true }: { context?: string; asProxy?: boolean } = {},
): Promise<Reachable> {
  const cluster = await SandboxCluster.start({ clock: systemClock, asProxy });
  const folder = new KubeconfigFolder();
  const kubeconfig = folder.write("config", oneContext({ name: context, cluster: { server: cluster.url } }));
  return {
    cluster,
    kubeconfig,
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

/** Puts a policy into a cluster, and a pod that breaks it: one violation, score 95. */
export async function fill(cluster: SandboxCluster): Promise<void> {
  await cluster.install();
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  await cluster.putPolicy({ spec: { forbidLatestTag: true } });
}

/** Runs `crd install`; `verbs` are those of its calls. */
export async function install(
  { cluster, kubeconfig }: Reachable,
  ...flags: readonly string[]
): Promise<Captured & { readonly verbs: readonly string[] }> {
  const ended = await captured("crd", "install", "--kubeconfig", kubeconfig, ...flags);
  return { ...ended, verbs: cluster.calls.map(({ verb }) => verb) };
}

/** Whether a call reads the definition of policies itself. */
export function readsDefinition({ verb, resource }: Call): boolean {
  return verb === "get" && resource === "customresourcedefinitions";
}
