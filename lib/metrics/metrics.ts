/** The metrics of one operator: one table, one registry, never the global one. */

import { Counter, Gauge, Histogram, Registry } from "./prometheus.ts";
import type { ObjectRef } from "../api/object.ts";
import { type PolicyReading, PolicySeries } from "./policy_series.ts";

/** What is asked for at each rendering. */
export interface MetricSources {
  readonly version: string;
  /** Names the series by check. */
  readonly checks: readonly string[];
  /** How many policies are due and wait for a worker, and for how long the oldest has; milliseconds. */
  readonly queue: () => { readonly depth: number; readonly oldestMs: number };
  /** How long ago each resource was last known to be current; milliseconds. */
  readonly ages: () => ReadonlyMap<string, number>;
  /** Bytes. */
  readonly memory: () => { readonly rss: number; readonly heapUsed: number };
  /** The longest stall of the event loop within the last minute, in seconds. */
  readonly loopLag: () => number;
}

/** From half a millisecond to ten seconds. */
const DURATIONS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The operator's metrics. The names, types and labels of the two counters of reconciles, and of the gauges of violations and
 * health score, are fixed: dashboards of the original use them.
 */
export class OperatorMetrics {
  readonly #registry = new Registry();
  readonly #policies: PolicySeries;

  readonly #reconciles = this.#counter("devopspolicy_reconcile_total", "Reconciles, failed ones included.");
  readonly #errors = this.#counter("devopspolicy_reconcile_errors_total", "Failed reconciles.");
  readonly #unreadable = this.#counter(
    "devopspolicy_unreadable_objects_total",
    "Objects without a name to keep them under, by resource.",
    ["resource"],
  );
  readonly #duration = this.#histogram(
    "devopspolicy_reconcile_duration_seconds",
    "How long a reconcile takes.",
  );
  readonly #wait = this.#histogram(
    "devopspolicy_queue_wait_seconds",
    "How long a due policy waits for a worker.",
  );
  readonly #watchRestarts = this.#counter(
    "devopspolicy_watch_restarts_total",
    "Watches that ended and were started again, by resource and cause.",
    ["resource", "cause"],
  );
  readonly #relists = this.#counter(
    "devopspolicy_relists_total",
    "Resources read in full again, by resource and cause.",
    ["resource", "cause"],
  );
  readonly #writes = this.#counter(
    "devopspolicy_status_writes_total",
    "Statuses written, because they changed or to refresh lastEvaluated.",
    ["reason"],
  );
  readonly #suppressed = this.#counter(
    "devopspolicy_status_writes_suppressed_total",
    "Statuses not written, because they say nothing new or their refresh waits for its turn.",
    ["reason"],
  );
  readonly #conflicts = this.#counter(
    "devopspolicy_write_conflicts_total",
    "Writes refused because the policy had changed, and computed again.",
  );
  readonly #events = this.#counter(
    "devopspolicy_events_total",
    "Kubernetes Events on policies: written, failed, or dropped because there were too many.",
    ["outcome"],
  );

  constructor({ version, checks, queue, ages, memory, loopLag }: MetricSources) {
    this.#policies = new PolicySeries(checks);
    for (
      const [name, help, read] of [
        ["devopspolicy_queue_depth", "Policies due and waiting for a worker.", () => queue().depth],
        [
          "devopspolicy_queue_oldest_seconds",
          "How long the oldest policy that is due has waited for a worker, in seconds.",
          () => queue().oldestMs / 1000,
        ],
        ["process_resident_memory_bytes", "Resident memory in bytes.", () => memory().rss],
        ["devopspolicy_heap_used_bytes", "JavaScript heap in use in bytes.", () => memory().heapUsed],
        [
          "devopspolicy_event_loop_lag_seconds",
          "The longest stall of the event loop within the last minute, in seconds.",
          loopLag,
        ],
        ["devopspolicy_leader", "1 for the replica that does the work, 0 for one that stands by.", () => 1],
      ] as const
    ) this.#gauge(name, help, [], (gauge) => gauge.set(read()));
    this.#gauge(
      "devopspolicy_last_event_age_seconds",
      "How long ago the API server last said anything of a resource, or let it be watched, in seconds.",
      ["resource"],
      (gauge) => ages().forEach((ms, resource) => gauge.set({ resource }, ms / 1000)),
    );
    this.#gauge("devopspolicy_build_info", "Always 1; the version is in the label.", ["version"]).set({
      version,
    }, 1);
  }

  /** The media type of {@linkcode pieces}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the text format of Prometheus, in pieces that are made one at a time. */
  async *pieces(): AsyncGenerator<string> {
    yield await this.#registry.metrics();
    yield* this.#policies.pieces();
  }

  observeReconcile(seconds: number, failed: boolean): void {
    this.#reconciles.inc();
    if (failed) this.#errors.inc();
    this.#duration.observe(seconds);
  }

  observeWait(seconds: number): void {
    this.#wait.observe(seconds);
  }

  observeWatchRestart(resource: string, cause: string): void {
    this.#watchRestarts.inc({ resource, cause });
  }

  observeRelist(resource: string, cause: string): void {
    this.#relists.inc({ resource, cause });
  }

  observeUnreadable(resource: string): void {
    this.#unreadable.inc({ resource });
  }

  observeWrite(reason: string): void {
    this.#writes.inc({ reason });
  }

  observeSuppressed(reason: string): void {
    this.#suppressed.inc({ reason });
  }

  observeConflict(): void {
    this.#conflicts.inc();
  }

  observeEvent(outcome: string): void {
    this.#events.inc({ outcome });
  }

  observePolicy(ref: ObjectRef, reading: PolicyReading): void {
    this.#policies.observe(ref, reading);
  }

  /** The policy cannot be evaluated; its series keep their last values. */
  observeUnevaluable(ref: ObjectRef, reason: string): void {
    this.#policies.observeUnevaluable(ref, reason);
  }

  /** Takes out all series of a policy that is gone. */
  forgetPolicy(ref: ObjectRef): void {
    this.#policies.forget(ref);
  }

  #counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect?: (gauge: Gauge<Label>) => void,
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      ...(collect && { collect: () => collect(gauge) }),
    });
    return gauge;
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: DURATIONS, registers: [this.#registry] });
  }
}
