/** Watches that end, break or fall silent: resumed where they were, with nothing read again. */

import assert from "node:assert/strict";
import * as faults from "../faults.ts";
import type { Teller } from "../exchange.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";

/** How a watch breaks with the next thing that it has to tell. */
const BREAKS: Readonly<Record<string, Teller>> = {
  "is reset": faults.resetBefore,
  "is cut in the middle of a frame": faults.truncated,
  "ends, as if in peace, in the middle of a frame": faults.endInFrame,
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
    isLate: true,
    run: async (world) => {
      world.proxy.inject({ kind: "watch" }, faults.asking({ timeoutSeconds: "2" }), 4);
      await world.start();
      const since = world.proxy.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await world.change();
      await world.isTrue();
      assert(world.proxy.log({ kind: "watch" }, since).length >= 2, "the watches were opened again");
      assertResumed(world, since);
    },
  },
  ...Object.entries(BREAKS).map(([what, teller]): Row => ({
    name: `a watch that ${what} is resumed, and nothing is read again`,
    run: async (world) => {
      const since = world.proxy.requests.length;
      for (const watch of world.proxy.watches()) watch.teller = teller;
      await world.change();
      await world.isTrue();
      assert.equal(world.proxy.log({ kind: "watch" }, since).length, 2);
      assertResumed(world, since);
    },
  })),
  {
    name: "frozen watches are true again within 50 s, and nothing is read again",
    run: async (world) => {
      const since = world.proxy.requests.length;
      for (const watch of world.proxy.watches()) watch.teller = faults.frozen;
      await world.change();
      const frozenAt = performance.now();
      await world.isTrue(50_000);
      const took = Math.round(performance.now() - frozenAt);
      assert(took > 30_000, `it took ${took} ms only, so nothing was frozen`);
      assertResumed(world, since);
    },
  },
];
