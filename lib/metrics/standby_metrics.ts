/** The metrics of a replica that stands by: those of its process, without the library that all others need. */

import type { MetricSources } from "./metrics.ts";
import type { MetricsSource } from "./scrapes.ts";

/** What is asked for at each rendering. */
export type StandbySources = Pick<MetricSources, "version" | "memory" | "loopLag">;

interface StandbyGauge {
  readonly name: string;
  readonly help: string;
  readonly value: (sources: StandbySources) => number;
}

/** The same under the same names as of the replica that leads. */
const GAUGES: readonly StandbyGauge[] = [
  {
    name: "process_resident_memory_bytes",
    help: "Resident memory in bytes.",
    value: ({ memory }) => memory().rss,
  },
  {
    name: "devopspolicy_heap_used_bytes",
    help: "JavaScript heap in use in bytes.",
    value: ({ memory }) => memory().heapUsed,
  },
  {
    name: "devopspolicy_event_loop_lag_seconds",
    help: "The longest stall of the event loop within the last minute, in seconds.",
    value: ({ loopLag }) => loopLag(),
  },
  {
    name: "devopspolicy_leader",
    help: "1 for the replica that does the work, 0 for one that stands by.",
    value: () => 0,
  },
];

/** The metrics of one such replica. */
export class StandbyMetrics implements MetricsSource {
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  readonly #sources: StandbySources;

  constructor(sources: StandbySources) {
    this.#sources = sources;
  }

  /** All of them in the text format of Prometheus. */
  async *pieces(): AsyncGenerator<string> {
    const { version } = this.#sources;
    for (const { name, help, value } of GAUGES) yield gauge(name, help, `${name} ${value(this.#sources)}`);
    const info = "devopspolicy_build_info";
    yield gauge(info, "Always 1; the version is in the label.", `${info}{version="${version}"} 1`);
  }
}

function gauge(name: string, help: string, series: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${series}\n`;
}
