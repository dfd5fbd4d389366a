/** The series of policies: one short list of numbers for each policy, written as text piece by piece. */

import type { ObjectRef } from "../api/object.ts";

/** What a policy's series say. */
export interface PolicyReading {
  readonly violations: number;
  readonly score: number;
  readonly pods: number;
  readonly unevaluable: number;
  readonly byCheck: Readonly<Record<string, number>>;
}

/** One gauge with a series for each policy; in the order of a policy's numbers. */
const GAUGES = [
  ["devopspolicy_violations_total", "Violations per policy."],
  ["devopspolicy_health_score", "Health score per policy, 0 to 100."],
  ["devopspolicy_pods", "Pods evaluated per policy."],
  [
    "devopspolicy_unevaluable_pods",
    "Pods per policy that the API server describes in a way that cannot be evaluated.",
  ],
] as const;

/** How many policies of one gauge make a piece: about a millisecond of work. */
const PIECE = 1_000;

/** The newest reading of each policy. A table of its own because a registry takes 9 objects a policy, and writes them all at once. */
export class PolicySeries {
  readonly #checks: readonly string[];
  /** By a policy's labels as they are written, which no two policies share: those of {@linkcode GAUGES}, then the checks. */
  readonly #readings = new Map<string, readonly number[]>();
  /** By the labels of a policy that cannot be evaluated, why not. */
  readonly #unevaluable = new Map<string, string>();

  constructor(checks: readonly string[]) {
    this.#checks = checks;
  }

  observe(ref: ObjectRef, { violations, score, pods, unevaluable, byCheck }: PolicyReading): void {
    const labels = labelsOf(ref);
    const checks = this.#checks.map((check) => byCheck[check] ?? 0);
    this.#unevaluable.delete(labels);
    // Not by spreading, which leaves room for more behind the last one.
    this.#readings.set(labels, [violations, score, pods, unevaluable].concat(checks));
  }

  /** A policy cannot be evaluated, and keeps the reading that it has. */
  observeUnevaluable(ref: ObjectRef, reason: string): void {
    this.#unevaluable.set(labelsOf(ref), reason);
  }

  forget(ref: ObjectRef): void {
    this.#readings.delete(labelsOf(ref));
    this.#unevaluable.delete(labelsOf(ref));
  }

  /** All series in the text format of Prometheus, as of the start, in pieces of whole lines. */
  *pieces(): Generator<string> {
    const readings = [...this.#readings];
    const reasons = Map.groupBy(this.#unevaluable.values(), (reason) => reason);
    const bad = "devopspolicy_unevaluable_policies";
    yield head(bad, "Policies that cannot be evaluated, by the reason that their condition Ready gives.") +
      Array.from(reasons, ([reason, all]) => `${bad}{reason="${escapeLabel(reason)}"} ${all.length}\n`).join(
        "",
      );
    for (const [place, [name, help]] of GAUGES.entries()) {
      yield head(name, help);
      yield* lines(readings, (labels, reading) => `${name}{${labels}} ${reading[place]}\n`);
    }
    const name = "devopspolicy_check_violations";
    yield head(name, "Violations per policy and check.");
    for (const [i, check] of this.#checks.entries()) {
      const more = `check="${escapeLabel(check)}"`;
      const place = GAUGES.length + i;
      yield* lines(readings, (labels, reading) => `${name}{${labels},${more}} ${reading[place]}\n`);
    }
  }
}

type Readings = readonly (readonly [labels: string, reading: readonly number[]])[];

function* lines(
  readings: Readings,
  line: (labels: string, reading: readonly number[]) => string,
): Generator<string> {
  for (let from = 0; from < readings.length; from += PIECE) {
    let piece = "";
    for (const [labels, reading] of readings.slice(from, from + PIECE)) piece += line(labels, reading);
    yield piece;
  }
}

function head(name: string, help: string): string {
  return `\n# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
}

function labelsOf({ namespace, name }: ObjectRef): string {
  return `namespace="${escapeLabel(namespace)}",policy="${escapeLabel(name)}"`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
