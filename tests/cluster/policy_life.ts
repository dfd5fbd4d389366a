// Brings a running operator to do everything that it does in a policy's life, lost races included.

import type { ControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { setPodStatus } from "./fixtures.ts";
import { changePolicy, createPolicy, readPolicy, statusIs } from "./policies.ts";

/** So many changes a time, faster than a watch can tell of them. */
const BURST = 10;

/** How a life of a policy is known to have had all in it that it can have. */
export interface Life {
  readonly hasLostRace: () => Promise<boolean>;
  /** Whether an event has been counted instead of told again. */
  readonly hasCounted: () => Promise<boolean>;
}

/** Creates a policy in a namespace with one pod called `web`, changes it and its class, contends for it, and deletes it. */
export async function livePolicy(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  { hasLostRace, hasCounted }: Life,
): Promise<void> {
  await createPolicy(cluster, namespace, name, { requireLivenessProbe: true });
  await statusIs(cluster, namespace, name, ({ violations }) => violations === 1);
  await changePolicy(cluster, namespace, name, { spec: { requireReadinessProbe: true } });
  await statusIs(cluster, namespace, name, ({ violations }) => violations === 2);
  await contend(cluster, namespace, name, hasLostRace);
  await changeClass(cluster, namespace, name, hasCounted);
  await cluster.kubectl(["delete", "dop", name, "-n", namespace, "--wait=false"]);
  await eventually(async () => await readPolicy(cluster, namespace, name) === undefined, {
    what: `${namespace}/${name} is gone`,
  });
}

/** Lets the pod `web` crash, and the policy count that and count it not in turn, until `isOver`. */
export async function changeClass(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  isOver: () => boolean | Promise<boolean>,
): Promise<void> {
  await setPodStatus(cluster, namespace, "web", {
    containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount: 9 }],
  });
  await eventually(async () => {
    for (const [maxRestartCount, expected] of [[null, "Healthy"], [0, "Stable"]] as const) {
      await changePolicy(cluster, namespace, name, { spec: { maxRestartCount } });
      await statusIs(cluster, namespace, name, ({ classification }) => classification === expected);
    }
    return await isOver();
  }, { within: 40_000, what: `the class of ${namespace}/${name} has changed often enough` });
}

/**
 * Changes a policy and the pod `web` again and again until `isOver`, so that what the operator writes meets a policy that
 * has moved on.
 */
export async function contend(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  isOver: () => boolean | Promise<boolean>,
): Promise<void> {
  let count = 0;
  await changePolicy(cluster, namespace, name, { spec: { maxRestartCount: 0 } });
  await eventually(async () => {
    for (let i = 0; i < BURST; i++) {
      count++;
      await Promise.all([
        setPodStatus(cluster, namespace, "web", {
          containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount: count }],
        }),
        changePolicy(cluster, namespace, name, { metadata: { annotations: { count: String(count) } } }),
      ]);
    }
    return await isOver();
  }, { what: `a race for ${namespace}/${name} is lost` });
}
