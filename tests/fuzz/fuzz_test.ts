/** A short run of the fuzzing, always the same: a longer one, of other seeds, is `deno task fuzz`. */

import { fuzz, TARGETS } from "./fuzz.ts";

for (const target of TARGETS) {
  Deno.test(`whatever a stranger sends as ${target.name} is read, or refused in words`, async () => {
    await fuzz(target, { from: 1, count: 500, within: 60_000 });
  });
}
