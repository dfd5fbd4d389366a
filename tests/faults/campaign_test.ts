/** The campaign: whatever is done to the operator, once it is quiet every status is true, and nothing is lost. */

import { parseArgs } from "node:util";
import { type ControlPlane, startControlPlane } from "../cluster/control_plane.ts";
import { installCrd } from "../cluster/policies.ts";
import { judge } from "./judge.ts";
import { judgeRequests } from "./judge_requests.ts";
import type { Row } from "./row.ts";
import { ACCESS } from "./rows/access.ts";
import { ENDS } from "./rows/ends.ts";
import { DEFINITIONS } from "./rows/definitions.ts";
import { EVENTS } from "./rows/events.ts";
import { HOSTILE_OBJECTS } from "./rows/hostile.ts";
import { OUTAGES } from "./rows/outages.ts";
import { PATIENCE } from "./rows/patience.ts";
import { READS } from "./rows/reads.ts";
import { SERVERS } from "./rows/servers.ts";
import { RIVALS } from "./rows/rivals.ts";
import { STORMS } from "./rows/storms.ts";
import { WATCHES } from "./rows/watches.ts";
import { WRITES } from "./rows/writes.ts";
import { World } from "./world.ts";

/** So many rows at a time: most of them wait for most of their time. */
const AT_ONCE = 6;
const { values: { nightly, only } } = parseArgs({
  args: Deno.args,
  options: { nightly: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});

const ROWS: readonly Row[] = [
  ...WATCHES,
  ...READS,
  ...PATIENCE,
  ...EVENTS,
  ...WRITES,
  ...RIVALS,
  ...OUTAGES,
  ...SERVERS,
  ...ACCESS,
  ...ENDS,
];

Deno.test("the campaign on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const chosen = ROWS.filter(({ isNightly = false, name }) => (nightly || !isNightly) && name.includes(only));
  const step = (row: Row, namespace: string) =>
    t.step({
      name: row.name,
      fn: () => play(row, cluster, namespace),
      sanitizeOps: false,
      sanitizeResources: false,
      sanitizeExit: false,
    });
  const left = chosen.entries();
  const worker = async () => {
    // All workers draw from one iterator, so each row is played once.
    for (const [i, row] of left) await step(row, `row-${i}`);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const [i, row] of [...HOSTILE_OBJECTS, ...STORMS].entries()) {
    if (row.name.includes(only)) await step(row, `storm-${i}`);
  }
});

for (const row of DEFINITIONS.filter(({ name }) => name.includes(only))) {
  Deno.test(row.name, async () => {
    await using cluster = await startControlPlane();
    await installCrd(cluster);
    await play(row, cluster, "defined");
  });
}

async function play(row: Row, cluster: ControlPlane, namespace: string): Promise<void> {
  await using world = await World.begin(cluster, namespace, row);
  try {
    await row.run(world);
    if (row.endsOperator) judgeRequests(world);
    else await judge(world);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${world.story()}`, { cause: error });
  }
}
