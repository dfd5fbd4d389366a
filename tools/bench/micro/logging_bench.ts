/** Times the log of changed statuses: their lines are formatted, gathered and handed on, and nobody has to be waited for. */

import { startLogging } from "../../../lib/cli/logging.ts";
import { statusProperties } from "../../../lib/cli/status_lines.ts";

const LINES = 1_000;
const status = {
  healthScore: 95,
  message: "1 violations across 1 pods — Healthy (95)",
  conditions: [{ type: "Ready", status: "True", reason: "Evaluated", message: "", lastTransitionTime: "" }],
} as const;
const changes = Array.from({ length: LINES }, (_, i) => ({
  namespace: `team-${i}`,
  name: "default-policy",
  status: { ...status, conditions: [...status.conditions] },
}));
const clock = { now: () => 0, after: () => () => {} };
const output = { write: () => Promise.resolve(), writeNow() {} };

for (const format of ["text", "json"] as const) {
  Deno.bench(`the lines of ${LINES} changed statuses, as ${format}`, { group: "log" }, async () => {
    const { log, close } = await startLogging({ format, level: "info" }, output, clock);
    for (const change of changes) log.info("status changed", statusProperties(change));
    await close();
  });
}
