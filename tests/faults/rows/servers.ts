/** Servers that are bad in ways that last: the statuses say that they are not known, nobody is flooded, and all heals. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import { conditionOf } from "../../support/oracle.ts";
import type { Match } from "../logged_request.ts";
import type { Row } from "../row.ts";
import type { Fault } from "../script.ts";
import * as tellers from "../tellers.ts";
import type { World } from "../world.ts";

const PODS_WATCHED: Match = { kind: "watch", resource: "pods" };
const FORBIDDEN: faults.Refusal = { code: 403, reason: "Forbidden", message: "the authorizer hiccups" };
/** How long a call waits for an answer; milliseconds. */
const HEADERS_MS = 10_000;

/** Waits for as many milliseconds of the operator's time until no status claims to be known. */
async function isUnknown(world: World, ms: number, speed: number): Promise<void> {
  await eventually(
    async () =>
      (await world.policies()).every(({ status = {} }) =>
        conditionOf(status, "Ready") === "Unknown/PodsUnavailable"
      ),
    { within: Math.max(10_000, ms / speed), what: "no status claims to be known" },
  );
}

/** What is done, and to which requests, until all statuses are unknown. */
interface Lasting {
  readonly matches: readonly Match[];
  readonly fault: Fault;
}

const LASTING: Readonly<Record<string, Lasting>> = {
  "a server that answers 410 whatever is asked of its pods": {
    matches: [{ resource: "pods" }],
    fault: faults.refuse(faults.GONE),
  },
  "watches that are accepted and closed again for ever": {
    matches: [PODS_WATCHED],
    fault: faults.close,
  },
  "watches that all break while short calls get through": {
    matches: [{ kind: "watch" }],
    fault: faults.reset,
  },
};
/** How much faster than real ones the clocks of these rows run. */
const SPEED = 20;

function lasting(what: string, { matches, fault }: Lasting): Row {
  return {
    name: `${what}: the statuses are unknown within three minutes, and true again afterwards`,
    speed: SPEED,
    run: async (world) => {
      world.allowWrites(4);
      const since = world.proxy.requests.length;
      const before = world.scores("strict");
      const injected = matches.map((match) => world.proxy.inject(match, fault));
      for (const watch of world.proxy.watches()) watch.reset();
      await isUnknown(world, 180_000, SPEED);
      assert.equal((await world.operator.get("/readyz")).status, 503);
      assert.equal((await world.operator.get("/healthz")).status, 200);
      assert.deepEqual([...world.scores("strict", since)], [...before], "the score is the last one known");
      const { length } = world.proxy.log(PODS_WATCHED, since);
      // A try at each change of way, and then ever fewer: 8 in the first minute, two in each that follows.
      const most = 10 + 2 * Math.ceil(world.lasted / 60_000);
      assert(length <= most, `${length} watches, ${most} at most`);
      for (const one of injected) one.stop();
      await world.isTrue(120_000);
      await world.change();
    },
  };
}

async function frozen(world: World): Promise<void> {
  world.allowWrites(6);
  const since = world.proxy.requests.length;
  const freeze = world.proxy.inject({}, faults.freeze);
  // Of the watches one tells of the change, which is all that there is to tell.
  for (const watch of world.proxy.watches("devopspolicies")) watch.teller = tellers.frozen;
  for (const watch of world.proxy.watches("pods")) {
    watch.teller = tellers.without((type) => type === "BOOKMARK");
  }
  await world.setRestarts("web", 7);
  const writes = (name?: string) =>
    world.proxy.log({ where: ({ kind }) => kind === "patch" || kind === "patchStatus" }, since)
      .filter((write) => name === undefined || write.name === name);
  await eventually(() => writes().length > 0, { within: 10_000, what: "a write that nobody answers" });
  await world.pass(HEADERS_MS + 4_000);
  for (const name of ["strict", "lenient"]) {
    const { length } = writes(name);
    assert(length <= 1, `${name} was written ${length} times, although nobody answered the first time`);
  }
  const probes = world.proxy.log({ kind: "get" }, since);
  assert(probes.length >= 1 && probes.length <= 3, `${probes.length} probes`);
  freeze.stop();
  await world.isTrue(30_000);
}

export const SERVERS: readonly Row[] = [
  ...Object.entries(LASTING).map(([what, how]) => lasting(what, how)),
  {
    name: "a server that freezes every connection is written to no more until it answers, and then at once",
    run: frozen,
  },
  {
    name: "a watch that is refused once changes no status",
    run: async (world) => {
      const since = world.proxy.requests.length;
      const refused = world.proxy.inject({ kind: "watch" }, faults.refuse(FORBIDDEN), 2);
      for (const watch of world.proxy.watches()) watch.reset();
      await eventually(() => refused.hits === 2, { within: 10_000, what: "both watches are refused" });
      const isBack = () => world.proxy.log({ kind: "watch" }, since).filter(({ code }) => code === 200);
      await eventually(() => isBack().length >= 2, { within: 10_000, what: "both are watched again" });
      const written = ["strict", "lenient"].flatMap((name) => world.statusWrites(name, since));
      assert.deepEqual(written.filter(({ body }) => body.includes("PodsUnavailable")), []);
      await world.change();
    },
  },
  {
    name: "what could not be written for 3 s is written within seconds",
    run: async (world) => {
      world.allowWrites(20);
      const broken = world.proxy.inject({ kind: "patchStatus" }, faults.reset);
      await world.setRestarts("web", 8);
      await eventually(() => broken.hits >= 2, { within: 10_000, what: "writes that break" });
      await world.pass(3_000);
      broken.stop();
      await world.isTrue(15_000);
    },
  },
];
