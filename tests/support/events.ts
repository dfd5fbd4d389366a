/** A policy whose class a test changes at will, and the events that people read of it. */

import { pod } from "./pod_builder.ts";
import { FINALIZER } from "./running_operator.ts";
import type { SandboxCluster } from "./sandbox_cluster.ts";

/** A policy that counts restarts, and two states of the one pod that it is about. */
export const RESTARTS = { maxRestartCount: 3 };
export const FINE = pod("web").container("app");
/** Five restarts too many cost 30 points of one pod: Stable. */
export const CRASHING = pod("web").container("app", { restarts: 9 });
/** What is said of the steps between them. */
export const TO_STABLE = "From Healthy to Stable: score 70, 1 violations across 1 pods.";
export const TO_HEALTHY = "From Stable to Healthy: score 100, 0 violations across 1 pods.";

/** The events of a namespace, as kubectl reads them. */
export async function events(cluster: SandboxCluster, namespace = "production"): Promise<string[]> {
  const { items } = await cluster.send("GET", `/api/v1/namespaces/${namespace}/events`) as unknown as {
    items: { type: string; reason: string; message: string; series?: { count: number } }[];
  };
  return items.map(({ type, reason, message, series }) =>
    `${type} ${reason}${series ? ` ×${series.count}` : ""}: ${message}`
  ).sort();
}

/** A policy of one check on one pod, which all is well with. */
export async function setUp(cluster: SandboxCluster): Promise<void> {
  await cluster.putPod(FINE);
  await cluster.putPolicy({ spec: RESTARTS, finalizers: [FINALIZER] });
}
