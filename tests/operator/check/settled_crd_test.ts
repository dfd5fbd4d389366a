/** The definition as it is served: believed at once when it is current, and else only when it stays as it is. */

import assert from "node:assert/strict";
import type { ServedCrd } from "../../../lib/kube/served_crd.ts";
import { settledCrd } from "../../../lib/operator/check/settled_crd.ts";
import { policyCrd } from "../../../lib/policy/crd.ts";
import { InstantClock } from "../../support/instant_clock.ts";

const CURRENT = policyCrd() as unknown as ServedCrd;
const [VERSION] = CURRENT.spec.versions;
const UNDESCRIBED: ServedCrd = {
  spec: {
    ...CURRENT.spec,
    versions: [{ ...VERSION, additionalPrinterColumns: undefined, schema: undefined }],
  },
};
const SEEN: ServedCrd = {
  spec: { ...CURRENT.spec, versions: [{ ...VERSION, additionalPrinterColumns: undefined }] },
};

/** What comes of reading `script`, of which the last repeats, and how long that took. */
async function settled(...script: readonly (ServedCrd | undefined)[]) {
  const clock = new InstantClock();
  let reads = 0;
  const read = () => Promise.resolve(script[Math.min(reads++, script.length - 1)]);
  const crd = await settledCrd(read, clock, new AbortController().signal);
  return { crd, ms: clock.monotonic() };
}

Deno.test("settledCrd() believes a current definition, and that there is none, at once", async () => {
  assert.deepEqual(await settled(SEEN), { crd: SEEN, ms: 0 });
  assert.deepEqual(await settled(undefined, SEEN), { crd: undefined, ms: 0 });
});

Deno.test("settledCrd() waits for a definition that has only just been installed or updated", async () => {
  assert.deepEqual(await settled(UNDESCRIBED, UNDESCRIBED, SEEN), { crd: SEEN, ms: 400 });
});

Deno.test("settledCrd() believes a definition that differs after two seconds", async () => {
  assert.deepEqual(await settled(UNDESCRIBED), { crd: UNDESCRIBED, ms: 2_000 });
});
