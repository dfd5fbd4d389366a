/** The operator's metrics: the names, types and labels that dashboards rely on. */

import assert from "node:assert/strict";
import { linesOf, metrics, READING, STRICT, textOf } from "../support/operator_metrics.ts";

/** What the original's documentation promises, to the letter. */
const FIXED: Record<string, readonly string[]> = {
  devopspolicy_reconcile_total: [
    "# TYPE devopspolicy_reconcile_total counter",
    "devopspolicy_reconcile_total 2",
  ],
  devopspolicy_reconcile_errors_total: [
    "# TYPE devopspolicy_reconcile_errors_total counter",
    "devopspolicy_reconcile_errors_total 1",
  ],
  devopspolicy_violations_total: [
    "# TYPE devopspolicy_violations_total gauge",
    'devopspolicy_violations_total{namespace="production",policy="strict"} 3',
  ],
  devopspolicy_health_score: [
    "# TYPE devopspolicy_health_score gauge",
    'devopspolicy_health_score{namespace="production",policy="strict"} 87',
  ],
};

for (const [name, lines] of Object.entries(FIXED)) {
  Deno.test(`OperatorMetrics has ${name} with the name, type and labels of the original`, async () => {
    const one = metrics();
    one.observePolicy(STRICT, READING);
    one.observeReconcile(0.002, false);
    one.observeReconcile(0.004, true);
    assert.deepEqual(await linesOf(one, name), lines);
  });
}

Deno.test("OperatorMetrics shows both counters from the start, and no policy that nobody evaluated", async () => {
  const one = metrics();
  assert.equal((await linesOf(one, "devopspolicy_reconcile_total"))[1], "devopspolicy_reconcile_total 0");
  assert.equal(
    (await linesOf(one, "devopspolicy_reconcile_errors_total"))[1],
    "devopspolicy_reconcile_errors_total 0",
  );
  assert(!(await textOf(one)).includes("policy="));
});

/** Everything beside the four. */
const MORE: Record<string, readonly string[]> = {
  devopspolicy_check_violations: [
    "# TYPE devopspolicy_check_violations gauge",
    'devopspolicy_check_violations{namespace="production",policy="strict",check="latest_tag"} 2',
    'devopspolicy_check_violations{namespace="production",policy="strict",check="pending"} 1',
  ],
  devopspolicy_pods: [
    "# TYPE devopspolicy_pods gauge",
    'devopspolicy_pods{namespace="production",policy="strict"} 42',
  ],
  devopspolicy_unevaluable_pods: [
    "# TYPE devopspolicy_unevaluable_pods gauge",
    'devopspolicy_unevaluable_pods{namespace="production",policy="strict"} 1',
  ],
  devopspolicy_unreadable_objects_total: [
    "# TYPE devopspolicy_unreadable_objects_total counter",
    'devopspolicy_unreadable_objects_total{resource="pods"} 2',
  ],
  devopspolicy_watch_restarts_total: [
    "# TYPE devopspolicy_watch_restarts_total counter",
    'devopspolicy_watch_restarts_total{resource="pods",cause="gone"} 1',
  ],
  devopspolicy_status_writes_total: [
    "# TYPE devopspolicy_status_writes_total counter",
    'devopspolicy_status_writes_total{reason="changed"} 2',
    'devopspolicy_status_writes_total{reason="refresh"} 1',
  ],
  devopspolicy_reconcile_duration_seconds: ["# TYPE devopspolicy_reconcile_duration_seconds histogram"],
  devopspolicy_reconcile_duration_seconds_sum: ["devopspolicy_reconcile_duration_seconds_sum 0.75"],
  devopspolicy_reconcile_duration_seconds_count: ["devopspolicy_reconcile_duration_seconds_count 2"],
  devopspolicy_queue_wait_seconds: ["# TYPE devopspolicy_queue_wait_seconds histogram"],
  devopspolicy_queue_wait_seconds_sum: ["devopspolicy_queue_wait_seconds_sum 0.125"],
  devopspolicy_queue_depth: ["# TYPE devopspolicy_queue_depth gauge", "devopspolicy_queue_depth 7"],
  devopspolicy_queue_oldest_seconds: [
    "# TYPE devopspolicy_queue_oldest_seconds gauge",
    "devopspolicy_queue_oldest_seconds 2.5",
  ],
  devopspolicy_last_event_age_seconds: [
    "# TYPE devopspolicy_last_event_age_seconds gauge",
    'devopspolicy_last_event_age_seconds{resource="pods"} 12.5',
  ],
  devopspolicy_relists_total: [
    "# TYPE devopspolicy_relists_total counter",
    'devopspolicy_relists_total{resource="pods",cause="gone"} 1',
  ],
  devopspolicy_status_writes_suppressed_total: [
    "# TYPE devopspolicy_status_writes_suppressed_total counter",
    'devopspolicy_status_writes_suppressed_total{reason="unchanged"} 2',
    'devopspolicy_status_writes_suppressed_total{reason="waiting"} 1',
  ],
  devopspolicy_write_conflicts_total: [
    "# TYPE devopspolicy_write_conflicts_total counter",
    "devopspolicy_write_conflicts_total 1",
  ],
  devopspolicy_events_total: [
    "# TYPE devopspolicy_events_total counter",
    'devopspolicy_events_total{outcome="written"} 1',
    'devopspolicy_events_total{outcome="dropped"} 1',
  ],
  devopspolicy_unevaluable_policies: [
    "# TYPE devopspolicy_unevaluable_policies gauge",
    'devopspolicy_unevaluable_policies{reason="InvalidSpec"} 2',
    'devopspolicy_unevaluable_policies{reason="PodsUnavailable"} 1',
  ],
  process_resident_memory_bytes: [
    "# TYPE process_resident_memory_bytes gauge",
    "process_resident_memory_bytes 85000000",
  ],
  devopspolicy_heap_used_bytes: [
    "# TYPE devopspolicy_heap_used_bytes gauge",
    "devopspolicy_heap_used_bytes 12000000",
  ],
  devopspolicy_event_loop_lag_seconds: [
    "# TYPE devopspolicy_event_loop_lag_seconds gauge",
    "devopspolicy_event_loop_lag_seconds 0.25",
  ],
  devopspolicy_leader: ["# TYPE devopspolicy_leader gauge", "devopspolicy_leader 1"],
  devopspolicy_build_info: [
    "# TYPE devopspolicy_build_info gauge",
    'devopspolicy_build_info{version="1.2.3"} 1',
  ],
};

for (const [name, lines] of Object.entries(MORE)) {
  Deno.test(`OperatorMetrics shows ${name}`, async () => {
    const one = metrics({
      queue: () => ({ depth: 7, oldestMs: 2_500 }),
      ages: () => new Map([["pods", 12_500]]),
      memory: () => ({ rss: 85e6, heapUsed: 12e6 }),
      loopLag: () => 0.25,
    });
    one.observePolicy(STRICT, READING);
    one.observeUnreadable("pods");
    one.observeUnreadable("pods");
    one.observeWatchRestart("pods", "gone");
    one.observeRelist("pods", "gone");
    for (const reason of ["changed", "refresh", "changed"]) one.observeWrite(reason);
    for (const reason of ["unchanged", "waiting", "unchanged"]) one.observeSuppressed(reason);
    one.observeConflict();
    for (const outcome of ["written", "dropped"]) one.observeEvent(outcome);
    for (const name of ["a", "b"]) one.observeUnevaluable({ namespace: "team", name }, "InvalidSpec");
    one.observeUnevaluable({ namespace: "team", name: "c" }, "PodsUnavailable");
    one.observeReconcile(0.25, false);
    one.observeReconcile(0.5, false);
    one.observeWait(0.125);
    assert.deepEqual(await linesOf(one, name), lines);
  });
}

Deno.test("OperatorMetrics shows nothing that the tests do not know", async () => {
  const named = [...(await textOf(metrics())).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  const known = [...Object.keys(FIXED), ...Object.keys(MORE)].filter((name) => !/_(sum|count)$/.test(name));
  assert.deepEqual(named.sort(), known.sort());
});

Deno.test("OperatorMetrics asks its sources anew at each rendering", async () => {
  let depth = 0;
  const one = metrics({ queue: () => ({ depth, oldestMs: 0 }) });
  for (const expected of [1, 2, 3]) {
    depth++;
    assert.equal((await linesOf(one, "devopspolicy_queue_depth"))[1], `devopspolicy_queue_depth ${expected}`);
  }
});

Deno.test("OperatorMetrics says which text format it speaks", () => {
  assert.match(metrics().contentType, /^text\/plain; version=0\.0\.4/);
});
