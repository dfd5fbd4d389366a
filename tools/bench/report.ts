/** The report of a comparison: medians side by side, with their spread, and how they compare. */

import { markdownTable } from "../generate/markdown.ts";
import { median } from "./statistics.ts";

/** All runs of one operator. */
export interface Result<Figures> {
  readonly name: string;
  readonly runs: readonly Figures[];
}

/** A line of the table: what it is called, how it is read from a run, and how it is shown. */
export interface Row<Figures> {
  readonly title: string;
  readonly of: (figures: Figures) => number;
  readonly show: (value: number) => string;
  /** Whether the share of one operator in another's says something. */
  readonly compared: boolean;
}

/** How figures are shown. */
export const UNITS = {
  seconds: (value: number) => `${value.toFixed(2)} s`,
  milliseconds: (value: number) => `${value.toFixed(1)} ms`,
  megabytes: (value: number) => `${(value / 1e6).toFixed(0)} MB`,
  times: (value: number) => `${value.toFixed(2)} ×`,
  count: (value: number) => String(Math.round(value)),
} as const;

/** A row that is compared. */
export function compared<Figures>(
  title: string,
  unit: keyof typeof UNITS,
  of: Row<Figures>["of"],
): Row<Figures> {
  return { title, of, show: UNITS[unit], compared: true };
}

/** A row that counts. */
export function counted<Figures>(title: string, of: Row<Figures>["of"]): Row<Figures> {
  return { title, of, show: UNITS.count, compared: false };
}

/** The table of all results; with more than one, the last columns say the first one's share of each other. */
export function report<Figures>(results: readonly Result<Figures>[], rows: readonly Row<Figures>[]): string {
  const [first, ...others] = results;
  const runs = first?.runs.length ?? 0;
  const header = [
    runs === 1 ? "one run" : `median of ${runs} runs`,
    ...results.map(({ name }) => name),
    ...others.map(({ name }) => `÷ ${name}`),
  ];
  const lines = rows.map(({ title, of, show, compared }) => {
    const values = results.map(({ runs }) => runs.map(of));
    const [ours, ...theirs] = values.map(median);
    return [
      title,
      ...values.map((runs) => spread(runs, show)),
      ...theirs.map((other) => compared ? share(ours!, other) : ""),
    ];
  });
  return markdownTable(header, lines);
}

/** `1.31 s (1.26–1.40)`; where all are shown alike there is no spread. */
function spread(values: readonly number[], show: (value: number) => string): string {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map(show);
  const bare = (shown: string) => shown.replace(/ .*/, "");
  return least === most ? middle! : `${middle} (${bare(least!)}–${bare(most!)})`;
}

/** Empty where the other is too small to divide by. */
function share(ours: number, theirs: number): string {
  return theirs === 0 ? "" : (ours / theirs).toFixed(2);
}
