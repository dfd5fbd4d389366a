/** Events that come twice, late, backwards or not at all: what is true is what the API server holds, not what was told. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../../lib/api/devops_policy.ts";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import type { Row } from "../row.ts";
import * as tellers from "../tellers.ts";
import type { World } from "../world.ts";

const GHOST = { containers: [{ name: "app", image: "ghost" }] };

/** Keeps the operator from watching while `act` happens. */
async function inAGap(world: World, act: () => Promise<void>): Promise<void> {
  const gaps = ["pods", "devopspolicies"].map((resource) =>
    world.proxy.inject({ kind: "watch", resource }, faults.reset)
  );
  for (const watch of world.proxy.watches()) watch.reset();
  await eventually(() => gaps.every(({ hits }) => hits > 0), { what: "both watches have met the gap" });
  await act();
  for (const gap of gaps) gap.stop();
}

export const EVENTS: readonly Row[] = [
  {
    name: "events that come twice, and old ones again, change nothing",
    run: async (world) => {
      world.proxy.retell(tellers.repeating);
      await world.change();
      await world.isTrue();
      await world.change("-again");
    },
  },
  ...(["forwards", "backwards"] as const).map((order): Row => ({
    name: `a pod that is told of when it is long gone, ${order}, does not stay`,
    run: async (world) => {
      const ghost = tellers.held("ghost", order);
      world.proxy.retell(() => ghost.teller, "pods");
      await world.createPod("ghost", GHOST);
      await world.setRestarts("ghost", 9);
      await eventually(() => ghost.held === 2, { what: "its coming and its restarts are held" });
      await world.isTruth(({ name }) => name !== "ghost");
      await world.deletePod("ghost");
      await eventually(() => ghost.isOver, { what: "all of it is told" });
      await world.isTrue();
      await world.change();
    },
  })),
  {
    name: "what was deleted and created again under its name in a gap is known by what it is now",
    run: async (world) => {
      await inAGap(world, async () => {
        await world.deletePod("web");
        await world.createPod("web", {
          containers: [{ name: "app", image: "app" }, { name: "b", image: "b:1" }],
        });
        await world.removePolicy("strict");
        await world.createPolicy("strict", { forbidLatestTag: true });
      });
      await world.isTrue(30_000);
    },
  },
  {
    name: "what was deleted while nobody watched, and history with it, is forgotten",
    run: async (world) => {
      await inAGap(world, async () => {
        await world.deletePod("latest");
        await world.removePolicy("lenient");
        for (const resource of ["pods", "devopspolicies"]) {
          world.proxy.inject({ kind: "watch", resource }, faults.refuse(faults.GONE), 1);
        }
      });
      await world.isTrue(30_000);
      await eventually(
        async () => !(await world.operator.get("/metrics")).body.includes('policy="lenient"'),
        { what: "its series are gone" },
      );
    },
  },
  {
    name: "a policy that is already being deleted when it is first seen is let go of, or left to others",
    isLate: true,
    run: async (world) => {
      for (const [name, finalizer] of [["dying", "example.com/foreign"], ["ours", FINALIZER]] as const) {
        await world.createPolicy(name, {}, [finalizer]);
        await world.request("DELETE", world.policyPath(name));
      }
      world.disown("ours");
      await world.start();
      const isGone = async () => (await world.policies()).every(({ metadata }) => metadata.name !== "ours");
      await eventually(isGone, { what: "the policy that only we held is gone" });
      await world.change();
      await world.isTrue();
      const touched = (name: string) => world.proxy.log({ name }).map(({ kind }) => kind);
      assert.deepEqual([touched("dying"), touched("ours")], [[], ["patch"]]);
    },
  },
];
