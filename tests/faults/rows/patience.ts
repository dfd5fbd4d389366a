/** Servers that ask for patience, or need it: asked no sooner than they want, and ever more slowly. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import type { LoggedRequest } from "../logged_request.ts";
import type { Row } from "../row.ts";
import { INITIAL, NO_WATCH_LIST } from "./reads.ts";

/** How far apart requests were, in milliseconds. */
function gaps(requests: readonly LoggedRequest[]): readonly number[] {
  return requests.slice(1).map(({ at }, i) => Math.round(at - requests[i]!.at));
}

const BUSY: faults.Refusal = { code: 429, reason: "TooManyRequests", retryAfterSeconds: 3 };

/** Asserts that the first of the requests were two that were refused with {@linkcode BUSY}, and one that was not. */
async function assertPatience(requests: () => readonly LoggedRequest[]): Promise<void> {
  const first = () => requests().slice(0, 3);
  // The effect of a request is to be seen before its answer has gone out.
  await eventually(() => first().at(2)?.code !== undefined, { what: "the third one is answered" });
  assert.deepEqual(first().map(({ code }) => code), [429, 429, 200]);
  for (const gap of gaps(first())) assert(gap >= 3_000, `asked again after ${gap} ms`);
}

export const PATIENCE: readonly Row[] = [
  {
    name: "a list that is told to wait for 3 s waits as long, and no sooner does another ask",
    isLate: true,
    run: async (world) => {
      world.proxy.inject(INITIAL, faults.refuse(NO_WATCH_LIST));
      world.proxy.inject({ kind: "list", resource: "pods" }, faults.refuse(BUSY), 2);
      await world.start();
      await assertPatience(() => world.proxy.log({ kind: "list", resource: "pods" }));
    },
  },
  {
    name: "a watch that is told to wait for 3 s waits as long",
    run: async (world) => {
      const since = world.proxy.requests.length;
      world.proxy.inject({ kind: "watch", resource: "pods" }, faults.refuse(BUSY), 2);
      for (const watch of world.proxy.watches("pods")) watch.reset();
      await world.change();
      await world.isTrue(40_000);
      await assertPatience(() => world.proxy.log({ kind: "watch", resource: "pods" }, since));
    },
  },
  {
    name: "a status write that is told to wait for 3 s waits as long",
    run: async (world) => {
      world.allowWrites(2);
      const since = world.proxy.requests.length;
      world.proxy.inject({ kind: "patchStatus", name: "strict" }, faults.refuse(BUSY), 2);
      await world.change();
      await world.isTrue(40_000);
      await assertPatience(() => world.statusWrites("strict", since));
    },
  },
  {
    name: "a finalizer write that is told to wait for 3 s waits as long",
    run: async (world) => {
      world.allowWrites(2);
      world.proxy.inject({ kind: "patch", name: "fresh" }, faults.refuse(BUSY), 2);
      await world.createPolicy("fresh", { forbidLatestTag: true });
      await world.isTrue(40_000);
      await assertPatience(() => world.proxy.log({ kind: "patch", name: "fresh" }));
    },
  },
  {
    name: "a watch that says 500 again and again is opened ever more slowly",
    run: async (world) => {
      const since = world.proxy.requests.length;
      const failing = world.proxy.inject(
        { kind: "watch", resource: "pods" },
        faults.refuseInStream({ code: 500 }),
        5,
      );
      for (const watch of world.proxy.watches("pods")) watch.reset();
      await world.change();
      await world.isTrue(60_000);
      assert.equal(failing.hits, 5);
      const [first = 0, ...rest] = gaps(world.proxy.log({ kind: "watch", resource: "pods" }, since));
      assert(rest.every((gap, i) => gap >= 1_000 * 2 ** i), `opened after ${[first, ...rest]} ms`);
    },
  },
];
