/** The metrics of one operator: one table, one registry, never the global one. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ObjectRef } from "../api/object.ts";
import { type PolicyReading, PolicySeries } from "./policy_series.ts";

/** What is asked for at each rendering. */
export interface MetricSources {
  readonly version: string;
  /** Names the series by check. */
  readonly checks: readonly string[];
  readonly queueDepth: () => number;
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
  readonly #writes = this.#counter(
    "devopspolicy_status_writes_total",
    "Statuses written, because they changed or to refresh lastEvaluated.",
    ["reason"],
  );

  constructor({ version, checks, queueDepth, memory, loopLag }: MetricSources) {
    this.#policies = new PolicySeries(checks);
    this.#gauge(
      "devopspolicy_queue_depth",
      "Policies due and waiting for a worker.",
      [],
      (gauge) => gauge.set(queueDepth()),
    );
    this.#gauge(
      "process_resident_memory_bytes",
      "Resident memory in bytes.",
      [],
      (gauge) => gauge.set(memory().rss),
    );
    this.#gauge(
      "devopspolicy_heap_used_bytes",
      "JavaScript heap in use in bytes.",
      [],
      (gauge) => gauge.set(memory().heapUsed),
    );
    this.#gauge(
      "devopspolicy_event_loop_lag_seconds",
      "The longest stall of the event loop within the last minute, in seconds.",
      [],
      (gauge) => gauge.set(loopLag()),
    );
    this.#gauge(
      "devopspolicy_leader",
      "1 for the replica that does the work, 0 for one that stands by.",
      [],
    ).set(1);
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

  observeUnreadable(resource: string): void {
    this.#unreadable.inc({ resource });
  }

  observeWrite(reason: string): void {
    this.#writes.inc({ reason });
  }

  observePolicy(ref: ObjectRef, reading: PolicyReading): void {
    this.#policies.observe(ref, reading);
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
