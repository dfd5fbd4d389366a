/** Watches that end, break or fall silent: resumed where they were, with nothing read again. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import type { Teller } from "../exchange.ts";
import type { Row } from "../row.ts";
import * as tellers from "../tellers.ts";
import type { World } from "../world.ts";

/** How a watch breaks with the next thing that it has to tell. */
const BREAKS: Readonly<Record<string, Teller>> = {
  "is reset": tellers.resetBefore,
  "is cut in the middle of a frame": tellers.truncated,
  "ends, as if in peace, in the middle of a frame": tellers.endInFrame,
};

/** Nothing has been read again since the `since`-th request: each watch went on from a version. */
export function assertResumed({ proxy }: World, since: number): void {
  assert.deepEqual(proxy.log({ kind: "list" }, since).map(({ path }) => path), [], "nothing was listed");
  const watches = proxy.log({ kind: "watch" }, since);
  assert.deepEqual(
    watches.filter(({ query }) => query.has("sendInitialEvents")).map(({ path }) => path),
    [],
    "nothing was read again",
  );
  for (const { query } of watches) assert.match(query.get("resourceVersion") ?? "", /^[1-9]\d*$/);
}

/** Waits until so many watches were opened from the `since`-th request on. */
async function opened({ proxy }: World, since: number, count: number): Promise<void> {
  await eventually(() => proxy.log({ kind: "watch" }, since).length >= count, {
    within: 30_000,
    what: `${count} watches are opened`,
  });
}

export const WATCHES: readonly Row[] = [
  {
    name: "an undisturbed operator tells the truth",
    run: async (world) => {
      await world.change();
      await world.isTrue();
      await world.change("-again");
    },
  },
  {
    name: "a watch that the server ends at its timeout is resumed, and nothing is read again",
    run: async (world) => {
      const since = world.proxy.requests.length;
      world.proxy.inject({ kind: "watch" }, faults.asking({ timeoutSeconds: "2" }), 4);
      for (const watch of world.proxy.watches()) watch.reset();
      await opened(world, since, 6);
      await world.change();
      await world.isTrue();
      assertResumed(world, since);
    },
  },
  ...Object.entries(BREAKS).map(([what, teller]): Row => ({
    name: `a watch that ${what} is resumed, and nothing is read again`,
    run: async (world) => {
      const since = world.proxy.requests.length;
      world.proxy.retell(() => teller);
      await world.change();
      await world.isTrue();
      // The answer to a write may have told what the watch of policies would have.
      await opened(world, since, 2);
      assert.deepEqual(
        world.proxy.log({ kind: "watch" }, since).map(({ resource }) => resource).toSorted(),
        ["devopspolicies", "pods"],
        "each was opened again once",
      );
      assertResumed(world, since);
    },
  })),
  {
    name: "frozen watches are true again within 50 s, and nothing is read again",
    run: async (world) => {
      const since = world.proxy.requests.length;
      world.proxy.retell(() => tellers.frozen);
      await world.change();
      await world.pass(5_000);
      assert.equal((await world.lies()).length, 2, "nobody has told the operator");
      await world.isTrue(45_000);
      assertResumed(world, since);
    },
  },
];
