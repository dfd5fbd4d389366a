/** The table of checks for people, made from the table of checks. */

import type { AnyCheck } from "../../lib/policy/checks/check.ts";
import { markdownTable } from "./markdown.ts";

/** A Markdown table: a row for each check. */
export function checksTable(checks: readonly AnyCheck[]): string {
  return markdownTable(
    ["Field of `spec`", "Setting", "One violation for each", "Weight", "Id in findings and metrics"],
    checks.map(({ id, field, schema, violation, weight }) => [
      `\`${field}\``,
      Reflect.get(schema, "type") === "boolean" ? "`true`" : `${Reflect.get(schema, "format")} ≥ 0`,
      violation,
      weight,
      `\`${id}\``,
    ]),
  );
}
