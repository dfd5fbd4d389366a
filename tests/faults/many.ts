/** Many policies, and many changes at once. */

import { eventually } from "../cluster/eventually.ts";
import type { World } from "./world.ts";

/** Does `work` with 0, 1, 2 …, so many of them at a time. */
export async function times(
  count: number,
  work: (i: number) => Promise<unknown>,
  atOnce = 16,
): Promise<void> {
  const left = Array(count).keys();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const i of left) await work(i);
  }));
}

/** Creates so many policies that forbid the tag latest, straight at the API server. */
export async function createPolicies(world: World, count: number): Promise<void> {
  await times(count, (i) =>
    world.request("POST", world.policiesPath, {
      apiVersion: "devops.stochastic.io/v1",
      kind: "DevOpsPolicy",
      metadata: { name: `p-${i}` },
      spec: { forbidLatestTag: true },
    }), 32);
}

/** Waits until the statuses of so many policies have been written. */
export async function written(world: World, count: number): Promise<void> {
  const names = () => new Set(world.proxy.log({ kind: "patchStatus" }).map(({ name }) => name));
  await eventually(async () => {
    await world.pass(100);
    return names().size >= count;
  }, { within: 300_000, what: `${count} statuses are written` });
}
