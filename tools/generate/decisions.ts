/** The index of the design decisions, made from their files; no two may have the same number. */

import { markdownTable } from "./markdown.ts";

/** One decision: the name of its file, and what that holds. */
export interface Decision {
  readonly name: string;
  readonly text: string;
}

const HEADER = `\
<!-- Written by \`deno task generate\` from the decisions beside it, never by hand. -->

# Design decisions

What was decided where something else would have been possible, and why.
`;

/**
 * The page: a row for each decision, in the order of their numbers.
 *
 * @throws {Error} when a name has no number, a text no title, or a number is another's, too
 */
export function decisionsIndex(decisions: readonly Decision[]): string {
  const names = new Map<string, string>();
  const rows = decisions.toSorted((a, b) => a.name < b.name ? -1 : 1).map(({ name, text }) => {
    const [, number] = /^(\d{4})-[a-z0-9-]+\.md$/.exec(name) ?? [];
    const [, title] = /^# (.+)$/m.exec(text) ?? [];
    if (number === undefined || title === undefined) {
      throw new Error(`${name} is no decision: its name is not like 0001-why.md, or it has no title.`);
    }
    const other = names.get(number);
    if (other !== undefined) {
      const next = Math.max(...decisions.map(({ name }) => parseInt(name))) + 1;
      throw new Error(`${other} and ${name} have the same number. ${String(next).padStart(4, "0")} is free.`);
    }
    names.set(number, name);
    return [`[${number}](${name})`, title];
  });
  return [HEADER, `${markdownTable(["Number", "Decision"], rows)}\n`].join("\n");
}
