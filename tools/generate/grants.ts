/** The page for people about what the program may do to its machine, made from the table of permissions. */

import type { Grant } from "../../lib/cli/grants.ts";
import { markdownTable } from "./markdown.ts";

const HEADER = `\
<!-- Written by \`deno task generate\` from lib/cli/grants.ts, never by hand. -->

# What the program may do to its machine

The binary has these permissions of the runtime baked in, and never asks for another. It cannot write a file,
call foreign code, or ask for anything else about the machine.
`;

const FOOTER = `\
Credential plugins see all variables but those of the loader (\`LD_*\`, \`DYLD_*\`), which are empty for them. A
kubeconfig that names a plugin of another kind works from the source: \`deno task reconcile\`.
`;

/** How long a line of values may be. */
const WIDTH = 100;

/** The page: a table, and the values of each permission that is limited to some. */
export function grantsPage(grants: readonly Grant[]): string {
  const rows = grants.map(({ flag, why, values }) => [`\`${flag}\``, values ? "as listed below" : "–", why]);
  const lists = grants.flatMap(({ flag, values }) =>
    values ? [`## \`${flag}\`\n\n\`\`\`\n${wrapped(values)}\n\`\`\`\n`] : []
  );
  return [HEADER, `${markdownTable(["Permission", "Limited", "To"], rows)}\n`, ...lists, FOOTER].join("\n");
}

/** The words, in lines. */
function wrapped(words: readonly string[]): string {
  const lines = [""];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length <= WIDTH) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines.join("\n");
}
