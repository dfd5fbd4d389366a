/** The version of this program, for `version`, `--version` and the user agent. */

import project from "../../deno.json" with { type: "json" };

/** The version of this program. */
export const VERSION: string = project.version;

/** The versions of the program and of what it runs on, for a person. */
export function versionLine(): string {
  return `kube-devops ${VERSION} (deno ${Deno.version.deno}, v8 ${Deno.version.v8})`;
}
