// An operator that is killed at any of its writes: another finds what is done, does what is not, and nothing twice.

import assert from "node:assert/strict";
import { mapBounded } from "../../lib/runtime/bounded.ts";
import { startControlPlane } from "./control_plane.ts";
import { type Death, livePolicy, MOMENTS, type Told, type Write } from "./policy_death.ts";
import { installCrd } from "./policies.ts";

/** So many lives at once. */
const LIVES = 3;
const LIFE: readonly Write[] = [
  "patch",
  "patchStatus",
  "patchStatus",
  "create",
  "patchStatus",
  "create",
  "patch",
];

Deno.test("an operator killed at any write of a policy's life, before or after it is done, is as good as one that lives on", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  assert.deepEqual(await livePolicy(cluster, "undisturbed"), LIFE);

  const deaths: Death[] = LIFE.flatMap((_, i) => MOMENTS.map((moment) => ({ write: i + 1, moment })));
  await mapBounded(deaths, LIVES, async (death) => {
    const what = `write-${death.write}-${death.moment}`;
    const lost = lostWith(death);
    const told = LIFE.flatMap((write, i) => write === "create" ? [i !== lost] : []) as unknown as Told;
    try {
      const taken = await livePolicy(cluster, what, death, told);
      assert.deepEqual(taken, LIFE.filter((_, i) => i !== lost), "the writes that were taken");
    } catch (error) {
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    }
  });
});

/**
 * The place in a life of the event that nobody tells any more; -1 if it has all of them. Whoever finds a status that says
 * so already cannot know whether that was told, and telling it twice would be worse.
 */
function lostWith({ write, moment }: Death): number {
  const place = write - 1;
  if (LIFE[place] === "create") return moment === "sent" ? place : -1;
  const isDone = LIFE[place] === "patchStatus" && moment !== "sent";
  return isDone && LIFE[place + 1] === "create" ? place + 1 : -1;
}
