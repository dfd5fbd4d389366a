/** Plays the model at length, on all processors: `deno task model`; or one seed again: `deno task model --seed 42`. */

import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { playInterleavings, playSeeds, playSequences } from "./runs.ts";
import { TELLINGS } from "./schedule.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    count: { type: "string", default: "10000" },
    depth: { type: "string", default: "3" },
    share: { type: "string" },
  },
});
const [from, count, depth] = [Number(values.from), Number(values.count), Number(values.depth)];

if (values.seed !== undefined) {
  await playSeeds(Number(values.seed), 1);
  console.log(`Seed ${values.seed}: all is true in the end.`);
} else if (values.share !== undefined) {
  const [index = 0, of = 1] = values.share.split("/").map(Number);
  await playSequences(depth, { index, of });
  await playInterleavings({ calls: 2, tellings: TELLINGS }, { index, of });
  await playSeeds(from, count, { index, of });
} else {
  const startedAt = performance.now();
  const of = navigator.hardwareConcurrency;
  const ends = await Promise.all(Array.from({ length: of }, (_, index) => playShare(`${index}/${of}`)));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  if (ends.some(({ success }) => !success)) Deno.exit(1);
  console.log(
    `All sequences of ${depth} things, all changes in the middle of others, and the seeds from ${from} to ${
      from + count - 1
    }: all is true (${seconds} s).`,
  );
}

/** One share of all runs, in a process of its own. */
function playShare(share: string): Promise<Deno.CommandStatus> {
  const script = fileURLToPath(import.meta.url);
  const args = ["--from", values.from, "--count", values.count, "--depth", values.depth, "--share", share];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    stdin: "null",
  })
    .spawn().status;
}
