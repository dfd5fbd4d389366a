/** The metrics of a replica that stands by: as of the one that leads, as far as they go. */

import assert from "node:assert/strict";
import { StandbyMetrics } from "../../lib/metrics/standby_metrics.ts";
import { metrics, textOf } from "../support/operator_metrics.ts";

const SOURCES = { version: "1.2.3", memory: () => ({ rss: 6e7, heapUsed: 1e7 }), loopLag: () => 0.25 };

Deno.test("StandbyMetrics shows what OperatorMetrics shows of a process, in the same words, and that it does not lead", async () => {
  const lines = (await textOf(metrics(SOURCES))).replace("\ndevopspolicy_leader 1", "\ndevopspolicy_leader 0")
    .split("\n");
  const standby = (await textOf(new StandbyMetrics(SOURCES))).split("\n");
  assert.deepEqual(standby.filter((line) => !lines.includes(line)), []);
  assert.deepEqual(standby.filter((line) => !line.startsWith("#")), [
    "process_resident_memory_bytes 60000000",
    "devopspolicy_heap_used_bytes 10000000",
    "devopspolicy_event_loop_lag_seconds 0.25",
    "devopspolicy_leader 0",
    'devopspolicy_build_info{version="1.2.3"} 1',
    "",
  ]);
});

Deno.test("StandbyMetrics says the same text format as OperatorMetrics", () => {
  assert.equal(new StandbyMetrics(SOURCES).contentType, metrics().contentType);
});
