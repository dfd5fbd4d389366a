/** Once changes and faults stop, every status is a function of the pods, for good; tried in a small world under any schedule. */

import { playInterleavings, playSeeds } from "./runs.ts";

Deno.test("runOperator() makes all true in the end, whatever happens in the middle of what it does", async () => {
  await playInterleavings({ calls: 1, tellings: ["at-once"] });
});

Deno.test("runOperator() makes all true in the end, whatever happens in whatever order", async () => {
  await playSeeds(1, 100);
});
