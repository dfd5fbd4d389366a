/** `deno task fuzz`: fuzzes for a minute, from a seed that is new each time; `--seed`, `--target` and `--count` do it again. */

import { parseArgs } from "node:util";
import { fuzz, TARGETS } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    target: { type: "string" },
    count: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "60" },
  },
});
const targets = TARGETS.filter(({ name }) => values.target === undefined || values.target === name);
if (targets.length === 0) {
  const known = TARGETS.map(({ name }) => name).join(", ");
  console.error(`There is no target "${values.target}"; there are: ${known}.`);
  Deno.exit(2);
}
const from = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const bounds = { from, count: Number(values.count), within: 1_000 * Number(values.seconds) / targets.length };

let found = false;
for (const target of targets) {
  try {
    console.log(
      `${target.name}: ${await fuzz(target, bounds)} attempts from seed ${from}, and nothing found`,
    );
  } catch (error) {
    found = true;
    console.error((error as Error).message);
  }
}
Deno.exit(found ? 1 : 0);
