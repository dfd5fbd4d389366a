/** What the project's own lint rules say of a text. */

import { fileURLToPath } from "node:url";
import plugin from "../../../tools/lint/mod.ts";

/** What the rule `id` has to say of `source` in the file at `path`. */
export function reports(id: string, path: string, source: string): string[] {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  return Deno.lint.runPlugin(plugin, file, source).filter((report) => report.id === `house/${id}`)
    .map(({ message }) => message);
}
