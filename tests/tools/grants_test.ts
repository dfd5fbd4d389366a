/** The page about permissions: each with its reason, and every value in it. */

import assert from "node:assert/strict";
import { GRANTS } from "../../lib/cli/grants.ts";
import { grantsPage } from "../../tools/generate/grants.ts";

Deno.test("grantsPage() has a row for each permission and a list for each that is limited", () => {
  const values = Array.from({ length: 40 }, (_, i) => `VARIABLE_${i}`);
  const page = grantsPage([
    { flag: "--allow-net", act: "use the network", why: "talk" },
    { flag: "--allow-env", values, act: "read the environment", why: "find" },
  ]);
  assert.match(page, /^\| `--allow-net` +\| – +\| talk +\|$/m);
  assert.match(page, /^\| `--allow-env` +\| as listed below +\| find +\|$/m);
  const [list, ...others] = [...page.matchAll(/^## `(.*)`\n\n```\n(.*?)\n```$/gms)];
  assert.deepEqual([list?.[1], others.length], ["--allow-env", 0]);
  assert.deepEqual(list?.[2]?.split(/\s/), values);
  assert(page.split("\n").every((line) => line.length <= 110));
});

Deno.test("grantsPage() leaves out nothing of the table", () => {
  const page = grantsPage(GRANTS);
  for (const { flag, why, values = [] } of GRANTS) {
    for (const text of [flag, why, ...values]) assert(page.includes(text), text);
  }
});
