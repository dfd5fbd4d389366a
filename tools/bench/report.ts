/** The report of a comparison: medians side by side, with their spread, and how they compare. */

import type { Figures, Tally } from "./measure.ts";
import { median, percentile } from "./statistics.ts";
import { markdownTable } from "./table.ts";

/** All runs of one operator. */
export interface Result {
  readonly name: string;
  readonly runs: readonly Figures[];
}

/** A line of the table: what it is called, and how it is read from a run. */
interface Row {
  readonly title: string;
  readonly of: (figures: Figures) => number;
  readonly show: (value: number) => string;
  /** Whether a ratio says something. */
  readonly compared: boolean;
}

const seconds = (value: number) => `${value.toFixed(2)} s`;
const milliseconds = (value: number) => `${value.toFixed(1)} ms`;
const megabytes = (value: number) => `${(value / 1e6).toFixed(0)} MB`;
const count = (value: number) => String(Math.round(value));

/** How many requests changed something, whatever verb they used. */
const writes = (tally: Tally) => sumOf(tally, ["create", "update", "patch", "delete"]);

function rows(changes: number, restSeconds: number): readonly Row[] {
  const compared = (title: string, show: Row["show"], of: Row["of"]): Row => ({
    title,
    of,
    show,
    compared: true,
  });
  const counted = (title: string, of: Row["of"]): Row => ({ title, of, show: count, compared: false });
  return [
    compared("cold start until every status is true", seconds, ({ coldMs }) => coldMs / 1000),
    compared("processor time for it", seconds, (figures) => figures.coldProcessorSeconds),
    compared("resident memory, peak", megabytes, ({ peakMemory }) => peakMemory),
    compared("resident memory, at rest", megabytes, ({ restMemory }) => restMemory),
    compared("pod change → status, p50", milliseconds, ({ changeMs }) => percentile(changeMs, 50)),
    compared("pod change → status, p99", milliseconds, ({ changeMs }) => percentile(changeMs, 99)),
    compared("pod change → status, max", milliseconds, ({ changeMs }) => percentile(changeMs, 100)),
    counted(`status writes for ${changes} pod changes`, ({ statusWrites }) => statusWrites),
    counted("lists at the start", ({ requests }) => sumOf(requests.cold, ["list"])),
    counted(
      "lists after the start",
      ({ requests }) => sumOf(requests.changes, ["list"]) + sumOf(requests.rest, ["list"]),
    ),
    counted("watches at the start", ({ requests }) => sumOf(requests.cold, ["watch"])),
    counted("gets at the start", ({ requests }) => sumOf(requests.cold, ["get"])),
    counted("writes at the start", ({ requests }) => writes(requests.cold)),
    compared(
      `processor time in ${restSeconds} s at rest`,
      seconds,
      (figures) => figures.restProcessorSeconds,
    ),
    counted(
      `requests in ${restSeconds} s at rest`,
      ({ requests }) => sumOf(requests.rest, Object.keys(requests.rest)),
    ),
  ];
}

/** The table of all results; with more than one, the last columns say the first one's share of each other. */
export function report(
  results: readonly Result[],
  { changes, restSeconds }: { readonly changes: number; readonly restSeconds: number },
): string {
  const [first, ...others] = results;
  const header = [
    `median of ${first?.runs.length}`,
    ...results.map(({ name }) => name),
    ...others.map(({ name }) => `÷ ${name}`),
  ];
  return markdownTable(
    header,
    rows(changes, restSeconds).map(({ title, of, show, compared }) => {
      const values = results.map(({ runs }) => runs.map(of));
      const medians = values.map(median);
      return [
        title,
        ...values.map((runs) => spread(runs, show)),
        ...medians.slice(1).map((other) => compared ? ratio(medians[0]!, other) : ""),
      ];
    }),
  );
}

/** `1.31 s (1.26–1.40)`; a single run has no spread. */
function spread(values: readonly number[], show: (value: number) => string): string {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map(show);
  if (low === high) return middle!;
  return `${middle} (${low!.replace(/ .*/, "")}–${high!.replace(/ .*/, "")})`;
}

function ratio(ours: number, theirs: number): string {
  return theirs === 0 ? "" : (ours / theirs).toFixed(2);
}

function sumOf(tally: Tally, verbs: readonly string[]): number {
  return verbs.reduce((sum, verb) => sum + (tally[verb] ?? 0), 0);
}
