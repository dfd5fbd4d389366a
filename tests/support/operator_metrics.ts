/** An operator's metrics as tests want them: sources that say nothing, and the lines of one metric. */

import type { MetricsSource } from "../../lib/metrics/scrapes.ts";
import { type MetricSources, OperatorMetrics } from "../../lib/metrics/metrics.ts";

const CHECKS = ["latest_tag", "pending"];
/** A policy. */
export const STRICT = { namespace: "production", name: "strict" };
/** What is said of it. */
export const READING = {
  violations: 3,
  score: 87,
  pods: 42,
  unevaluable: 1,
  byCheck: { latest_tag: 2, pending: 1 },
};

/** Metrics of checks called latest_tag and pending. */
export function metrics(sources: Partial<MetricSources> = {}): OperatorMetrics {
  return new OperatorMetrics({
    version: "1.2.3",
    checks: CHECKS,
    queue: () => ({ depth: 0, oldestMs: 0 }),
    ages: () => new Map(),
    memory: () => ({ rss: 0, heapUsed: 0 }),
    loopLag: () => 0,
    ...sources,
  });
}

/** All metrics as a scrape reads them. */
export async function textOf(metrics: MetricsSource): Promise<string> {
  return (await Array.fromAsync(metrics.pieces())).join("");
}

/** The lines of one metric: its type, and its series. */
export async function linesOf(metrics: OperatorMetrics, name: string): Promise<string[]> {
  return (await textOf(metrics)).split("\n")
    .filter((line) =>
      line.startsWith(`# TYPE ${name} `) || line.startsWith(`${name}{`) || line.startsWith(`${name} `)
    );
}
