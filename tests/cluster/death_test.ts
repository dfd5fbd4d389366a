// An operator that is killed at any of its writes: another finds what is done, does what is not, and nothing twice.

import assert from "node:assert/strict";
import { mapBounded } from "../../lib/runtime/bounded.ts";
import { startControlPlane } from "./control_plane.ts";
import { type Death, livePolicy, MOMENTS } from "./policy_death.ts";
import { installCrd } from "./policies.ts";

/** So many lives at once. */
const LIVES = 3;

Deno.test("an operator killed at any write of a policy's life, before or after it is done, is as good as one that lives on", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const undisturbed = await livePolicy(cluster, "undisturbed");
  assert.deepEqual(undisturbed, ["patch", "patchStatus", "patchStatus", "patchStatus", "patch"]);

  const deaths: Death[] = undisturbed.flatMap((_, i) => MOMENTS.map((moment) => ({ write: i + 1, moment })));
  await mapBounded(deaths, LIVES, async (death) => {
    const what = `write-${death.write}-${death.moment}`;
    try {
      assert.deepEqual(await livePolicy(cluster, what, death), undisturbed, "the writes that were taken");
    } catch (error) {
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    }
  });
});
