/** The table of checks for people, made from the table of checks. */

import type { AnyCheck } from "../../lib/policy/checks/check.ts";

/** A Markdown table: a row for each check. */
export function checksTable(checks: readonly AnyCheck[]): string {
  const rows = checks.map(({ id, field, schema, violation, weight }) => [
    `\`${field}\``,
    Reflect.get(schema, "type") === "boolean" ? "`true`" : `${Reflect.get(schema, "format")} ≥ 0`,
    violation,
    weight,
    `\`${id}\``,
  ]);
  const header = [
    "Field of `spec`",
    "Setting",
    "One violation for each",
    "Weight",
    "Id in findings and metrics",
  ];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/**
 * `text` with `content` between `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws {Error} when the marks are not there
 */
export function replaceBetweenMarks(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`The text has no ${open} … ${close} to put the table between.`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}
