/** Once changes and faults stop, every status is a function of the pods, for good; tried in a small world under any schedule. */

import { playSeeds, playSequences } from "./runs.ts";

Deno.test("runOperator() makes all true in the end, whatever two things happen one after the other", async () => {
  await playSequences(2);
});

Deno.test("runOperator() makes all true in the end, whatever happens in whatever order", async () => {
  await playSeeds(1, 200);
});
