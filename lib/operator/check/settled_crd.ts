/** Reads the definition as it is served, and once more when that may be of a moment ago. */

import { type Clock, sleep } from "../../api/clock.ts";
import type { ServedCrd } from "../../kube/served_crd.ts";
import { servedDifferences } from "../../policy/served_crd.ts";

/** A server shows a definition as it is only a moment after it has changed: so long until it is believed; milliseconds. */
const BELIEVED_MS = 2_000;
const POLL_MS = 200;

/** What `read` gives once that is current, or stays as it is; undefined when there is no definition. */
export async function settledCrd(
  read: () => Promise<ServedCrd | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ServedCrd | undefined> {
  const deadline = clock.monotonic() + BELIEVED_MS;
  for (;;) {
    const served = await read();
    const isCurrent = served !== undefined && servedDifferences(served).length === 0;
    if (served === undefined || isCurrent || clock.monotonic() >= deadline) return served;
    await sleep(clock, POLL_MS, signal);
  }
}
