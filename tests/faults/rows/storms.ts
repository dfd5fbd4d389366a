/** Storms: played one after the other, for each takes the whole machine. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import type { KubeObject } from "../../cluster/fixtures.ts";
import * as protobuf from "../../support/protobuf_objects.ts";
import { createPolicies, times, written } from "../many.ts";
import { type Paced, paced } from "../paced.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";
import { versionOf } from "../version_of.ts";

/** So many times the huge pod changes. */
const CHANGES = 500;
/** Changes within a tenth of a second are handled together. */
const WRITES_A_SECOND = 10;
/** The last thing told is true within this; milliseconds. */
const SOON_MS = 2_000;

/** Tells what is held at a pace, which is one if the machine keeps it, and waits for the truth; gives how long that took. */
async function storm(world: World, held: Paced, perSecond: number): Promise<number> {
  const since = world.proxy.requests.length;
  const { frames, ms } = await held.release(perSecond);
  const told = performance.now();
  assert(frames >= 0.9 * perSecond * ms / 1_000, `${frames} events were told in ${ms} ms`);
  assert.equal((await world.operator.get("/healthz")).status, 200);
  await world.isTrue();
  const took = Math.round(performance.now() - told);
  assert(took <= SOON_MS, `true ${took} ms after the last event was told`);
  assert.deepEqual(world.proxy.log({ kind: "list" }, since), []);
  const seconds = (ms + took) / 1_000;
  for (const name of ["strict", "lenient"]) {
    const { length } = world.statusWrites(name, since);
    assert(length <= WRITES_A_SECOND * seconds + 2, `${length} writes of ${name} in ${seconds} s`);
  }
  return seconds;
}

export const STORMS: readonly Row[] = [
  {
    name: "a pod of 10,000 containers that changes 50 times a second is kept up with",
    run: async (world) => {
      const pod = await world.createPod("huge");
      const containers = Array.from({ length: 10_000 }, (_, i) => ({ name: `c${i}`, image: "app:1" }));
      const shows = (restartCount: number): KubeObject => ({
        ...pod,
        spec: { containers },
        status: { phase: "Running", containerStatuses: [{ name: "c7", restartCount }] },
      });
      const frames = [1, 9].map((restarts) =>
        protobuf.frames(protobuf.podEvent("MODIFIED", shows(restarts)))
      );
      let [shown, last] = [0, 0];
      world.seen = (pod) =>
        pod.metadata.name === "huge" ? { ...shows([1, 9][last]!), metadata: pod.metadata } : pod;
      const changing = paced((frame, exchange, form) => {
        if (form.typeOf(frame) !== "MODIFIED" || form.nameOf(frame) !== "huge") return exchange.write(frame);
        last = shown++ % 2;
        return exchange.write(form.rewrite(frames[last]!, "MODIFIED", versionOf(frame, form)));
      });
      world.proxy.retell(() => changing.teller, "pods");
      const path = `/api/v1/namespaces/${world.namespace}/pods/huge`;
      await times(
        CHANGES,
        (i) => world.request("PATCH", path, { metadata: { annotations: { count: `${i}` } } }),
      );
      await eventually(() => changing.held >= CHANGES, { what: `${CHANGES} changes are held` });
      world.allowWrites(WRITES_A_SECOND * await storm(world, changing, 50));
      assert(shown >= CHANGES, `${shown} changes were shown`);
      await world.deletePod("huge");
    },
  },
  {
    name: "1,000 pod events a second are followed by few writes, and the last is true within 2 s",
    run: async (world) => {
      const raging = paced();
      world.proxy.retell(() => raging.teller, "pods");
      await times(20, (i) => world.createPod(`pod-${i}`));
      await times(3_000, (i) => world.setRestarts(`pod-${i % 20}`, i), 32);
      await world.createPod("last", { containers: [{ name: "app", image: "app" }] });
      await eventually(() => raging.held > 3_000, { what: "3,000 events are held" });
      await storm(world, raging, 1_000);
    },
  },
  {
    name: "a new policy is evaluated within 2 s while 5,000 are queued",
    isLate: true,
    run: async (world) => {
      await createPolicies(world, 5_000);
      await world.launch();
      await written(world, 100);
      const at = performance.now();
      await world.createPolicy("urgent", { forbidLatestTag: true });
      await eventually(
        async () =>
          (await world.request("GET", world.policyPath("urgent"))).status?.["healthScore"] !== undefined,
        { what: "the new policy has a status" },
      );
      const took = Math.round(performance.now() - at);
      const { size } = new Set(world.proxy.log({ kind: "patchStatus" }).map(({ name }) => name));
      assert(size < 4_500, `${size} of 5,000 were written: no queue is left`);
      assert(took <= 2_000, `it took ${took} ms`);
      await written(world, 5_003);
      await world.isTrue(60_000);
    },
  },
];
