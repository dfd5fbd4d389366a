/** Writes that are refused, lost or raced: done once, by whoever's truth is the newest. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../../lib/api/devops_policy.ts";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";

const CONFLICT: faults.Refusal = { code: 409, reason: "Conflict" };
const TOO_LARGE: faults.Refusal = { code: 500, message: "etcdserver: request is too large" };

/** Waits for the first request that `match`es from the `since`-th on. */
async function asked(
  world: World,
  kind: "patch" | "patchStatus",
  name: string,
  since: number,
): Promise<void> {
  await eventually(() => world.proxy.log({ kind, name }, since).length > 0, { what: `a ${kind}` });
}

/** Asserts that `name` goes; that the operator is told so by the last of its `patches`; and that it leaves it at that. */
async function assertGoneForGood(
  world: World,
  name: string,
  { kind, codes }: { kind: "patch" | "patchStatus"; codes: readonly (number | undefined)[] },
): Promise<void> {
  await eventually(async () => (await world.policies()).every(({ metadata }) => metadata.name !== name), {
    what: `${name} is gone`,
  });
  const answers = () => world.proxy.log({ kind, name }).map(({ code }) => code);
  await eventually(() => answers().at(-1) === codes.at(-1) && answers().length >= codes.length, {
    within: 30_000,
    what: `the last ${kind} is answered ${codes.at(-1)}`,
  });
  const since = world.proxy.requests.length;
  await world.pass(2_000);
  assert.deepEqual(
    world.proxy.log({ name }, since).map(({ kind }) => kind),
    [],
    "nobody writes to what is gone",
  );
  assert.deepEqual(answers(), codes);
}

export const WRITES: readonly Row[] = [
  {
    name: "a status that meets five conflicts in a row is written in the end",
    speed: 10,
    run: async (world) => {
      world.allowWrites(5);
      const conflicts = world.proxy.inject(
        { kind: "patchStatus", name: "strict" },
        faults.refuse(CONFLICT),
        5,
      );
      await world.change();
      await world.isTrue(75_000);
      assert.equal(conflicts.hits, 5);
    },
  },
  {
    name: "a policy that goes in the middle of a status write is never created again",
    run: async (world) => {
      world.proxy.inject(
        { kind: "patchStatus", name: "strict" },
        faults.before(() => world.removePolicy("strict")),
        1,
      );
      await world.setRestarts("web", 9);
      await assertGoneForGood(world, "strict", { kind: "patchStatus", codes: [200, 404] });
    },
  },
  {
    name: "a policy that goes in the middle of getting its finalizer is never created again",
    run: async (world) => {
      world.proxy.inject(
        { kind: "patch", name: "brief" },
        faults.before(() => world.removePolicy("brief")),
        1,
      );
      await world.createPolicy("brief", {});
      await assertGoneForGood(world, "brief", { kind: "patch", codes: [404] });
    },
  },
  ...(["freeze", "reset"] as const).map((how): Row => ({
    name: `a status write whose answer is lost (${how}) has one effect`,
    run: async (world) => {
      world.allowWrites(1);
      const since = world.proxy.requests.length;
      world.proxy.inject({ kind: "patchStatus", name: "strict" }, faults.swallow(how), 1);
      await world.setRestarts("web", 9);
      const reads = () => world.proxy.log({ kind: "get", name: "strict" }, since).map(({ code }) => code);
      await eventually(() => reads().includes(200), { within: 40_000, what: "the policy is read again" });
      await world.pass(1_000);
      assert.deepEqual(reads(), [200]);
      assert.deepEqual(world.statusWrites("strict", since).map(({ code }) => code), [undefined, 409]);
    },
  })),
  ...(["freeze", "reset"] as const).map((how): Row => ({
    name: `a finalizer whose adding and removing are answered by nobody (${how}) is added and removed once`,
    run: async (world) => {
      world.allowWrites(2);
      world.proxy.inject({ kind: "patch", name: "fresh" }, faults.swallow(how), 1);
      await world.createPolicy("fresh", { forbidLatestTag: true });
      await world.isTrue(40_000);
      world.proxy.inject({ kind: "patch", name: "fresh" }, faults.swallow(how), 1);
      world.disown("fresh");
      await world.request("DELETE", world.policyPath("fresh"));
      const codes = [undefined, 422, undefined, 404];
      await assertGoneForGood(world, "fresh", { kind: "patch", codes });
    },
  })),
  {
    name: "a status that is refused as too large is not sent again as it was",
    speed: 10,
    run: async (world) => {
      world.allowWrites(4);
      const since = world.proxy.requests.length;
      const refused = world.proxy.inject({ kind: "patchStatus", name: "strict" }, faults.refuse(TOO_LARGE));
      await world.setRestarts("web", 9);
      await asked(world, "patchStatus", "strict", since);
      await world.pass(150_000);
      const bodies = world.during(150_000, world.statusWrites("strict", since)).map(({ body }) => body);
      assert.equal(new Set(bodies).size, bodies.length, "no body was sent twice");
      assert(bodies.length >= 2 && bodies.length <= 4, `${bodies.length} tries in 150 s`);
      refused.stop();
      await world.isTrue(75_000);
    },
  },
  ...[500, 503, 504].map((code): Row => ({
    name: `a status write that is answered ${code} three times is done at the fourth`,
    run: async (world) => {
      world.allowWrites(3);
      const failing = world.proxy.inject({ kind: "patchStatus" }, faults.refuse({ code }), 3);
      await world.change();
      await world.isTrue(30_000);
      assert.equal(failing.hits, 3);
    },
  })),
  {
    name: "a finalizer that somebody adds between reading and writing stays",
    run: async (world) => {
      const late = ["example.com/late"];
      world.proxy.inject(
        { kind: "patch", name: "shared" },
        faults.before(() => world.changePolicy("shared", { metadata: { finalizers: late } })),
        1,
      );
      await world.createPolicy("shared", { forbidLatestTag: true });
      await world.isTrue();
      const shared = await world.request("GET", world.policyPath("shared"));
      assert.deepEqual(shared.metadata["finalizers"], [...late, FINALIZER]);
    },
  },
  {
    name: "a finalizer that somebody takes off between reading and writing does not shift ours",
    run: async (world) => {
      world.proxy.inject(
        { kind: "patch", name: "lenient" },
        faults.before(() => world.changePolicy("lenient", { metadata: { finalizers: [FINALIZER] } })),
        1,
      );
      world.allowWrites(1);
      world.disown("lenient");
      await world.request("DELETE", world.policyPath("lenient"));
      await assertGoneForGood(world, "lenient", { kind: "patch", codes: [200, 422, 200] });
    },
  },
];
