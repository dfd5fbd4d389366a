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
const NARROW_BAR_WIDTH = 10;
/** Below this many columns bars are short. */
const NARROW = 100;
const COLOURS: Readonly<Record<Classification, string>> = {
  Healthy: "\x1b[32m",
  Stable: "\x1b[36m",
  Degraded: "\x1b[33m",
  Critical: "\x1b[31m",
};
const RESET = "\x1b[0m";
const HEADER = ["POLICY", "SCORE", "CLASS", "VIOLATIONS", "PODS", "CHANGED"];
const WORST = "WORST FINDING";
const CLASS_COLUMN = HEADER.indexOf("CLASS");

/** The lines of the table, none wider than the terminal. Where there is no room for it, a finding has a line of its own. */
export function tableLines(rows: readonly Row[], now: number, { colour, columns }: TableStyle): string[] {
  const barWidth = columns < NARROW ? NARROW_BAR_WIDTH : BAR_WIDTH;
  const cells = rows.map((row) => toCells(row, now, barWidth));
  const wide = layOut([...HEADER, WORST], rows.map((row, i) => [...cells[i]!, worstFinding(row)]));
  const isWide = wide.lines.every((line) => line.length <= columns);
  const { lines, classAt } = isWide ? wide : layOut(HEADER, cells);
  return lines.flatMap((line, i) => {
    const row = rows[i - 1];
    const text = cut(line, columns);
    const shown = colour ? painted(text, row?.status?.classification, classAt) : text;
    const worst = row === undefined || isWide ? "" : worstFinding(row);
    return worst === "" ? [shown] : [shown, cut(`  ${worst}`, columns)];
  });
}

/** `text` in at most `columns` characters; that there was more is shown. */
export function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** `█████████████████░░░ 87`, or dots while there is no score. */
export function scoreBar(score: number | null | undefined, width = BAR_WIDTH): string {
  if (score === undefined || score === null) return "·".repeat(width);
  const full = Math.round(score / 100 * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${score}`;
}

/** The cells in columns, and where that of the class begins. */
function layOut(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): { readonly lines: readonly string[]; readonly classAt: number } {
  const cells = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  return {
    lines: cells.map((line) => line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd()),
    classAt: widths.slice(0, CLASS_COLUMN).reduce((sum, width) => sum + width + 2, 0),
  };
}

function painted(line: string, classification: Classification | undefined, at: number): string {
  if (classification === undefined) return line;
  const end = at + classification.length;
  return `${line.slice(0, at)}${COLOURS[classification]}${line.slice(at, end)}${RESET}${line.slice(end)}`;
}

function toCells({ policy, status, changedAt }: Row, now: number, barWidth: number): string[] {
  return [
    policy,
    scoreBar(status?.healthScore, barWidth),
    status?.classification ?? "–",
    String(status?.violations ?? "–"),
    String(status?.pods ?? "–"),
    changedAt === undefined ? "–" : `${Math.max(0, Math.floor((now - changedAt) / 1000))}s ago`,
  ];
}

function worstFinding({ status }: Row): string {
  const worst = status?.findings?.[0];
  if (worst === undefined) return "";
  const where = [worst.pod, worst.container].filter((part) => part !== undefined).join("/");
  return escapeText(`${where}: ${worst.detail}`);
}
