/** The demo's table: one line a policy, its score as a bar, and the worst of what is wrong. */

import { escapeText } from "../../api/text.ts";
import type { Classification } from "../../policy/score.ts";
import type { PolicyStatus } from "../../policy/status_schema.ts";

/** One policy as the table shows it. */
export interface Row {
  readonly policy: string;
  readonly status: PolicyStatus | undefined;
  /** When the status last said something new; milliseconds since 1970. */
  readonly changedAt: number | undefined;
}

/** How to draw. */
export interface TableStyle {
  /** Whether to colour the classes. */
  readonly colour: boolean;
  /** The width of the terminal in characters. */
  readonly columns: number;
}

const BAR_WIDTH = 20;
const COLOURS: Readonly<Record<Classification, string>> = {
  Healthy: "\x1b[32m",
  Stable: "\x1b[36m",
  Degraded: "\x1b[33m",
  Critical: "\x1b[31m",
};
const RESET = "\x1b[0m";
const HEADER = ["POLICY", "SCORE", "CLASS", "VIOLATIONS", "PODS", "CHANGED", "WORST FINDING"];
const CLASS_COLUMN = HEADER.indexOf("CLASS");

/** The lines of the table, none wider than the terminal. */
export function tableLines(rows: readonly Row[], now: number, { colour, columns }: TableStyle): string[] {
  const cells = [HEADER, ...rows.map((row) => toCells(row, now))];
  const widths = HEADER.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  return cells.map((line, index) => {
    const text = line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd().slice(0, columns);
    const classification = index === 0 ? undefined : rows[index - 1]?.status?.classification;
    if (!colour || classification === undefined) return text;
    const at = widths.slice(0, CLASS_COLUMN).reduce((sum, width) => sum + width + 2, 0);
    const end = at + classification.length;
    return `${text.slice(0, at)}${COLOURS[classification]}${text.slice(at, end)}${RESET}${text.slice(end)}`;
  });
}

/** `█████████████████░░░ 87`, or dots while there is no score. */
export function scoreBar(score: number | null | undefined): string {
  if (score === undefined || score === null) return "·".repeat(BAR_WIDTH);
  const full = Math.round(score / 100 * BAR_WIDTH);
  return `${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} ${score}`;
}

function toCells({ policy, status, changedAt }: Row, now: number): string[] {
  const worst = status?.findings?.[0];
  const where = [worst?.pod, worst?.container].filter((part) => part !== undefined).join("/");
  return [
    policy,
    scoreBar(status?.healthScore),
    status?.classification ?? "–",
    String(status?.violations ?? "–"),
    String(status?.pods ?? "–"),
    changedAt === undefined ? "–" : `${Math.max(0, Math.floor((now - changedAt) / 1000))}s ago`,
    worst === undefined ? "" : escapeText(`${where}: ${worst.detail}`),
  ];
}
