/** `kube-devops version`. */

import project from "../../deno.json" with { type: "json" };
import { print } from "./output.ts";

/** The version of this program. */
export const VERSION: string = project.version;

/** Prints the versions of the program and of what it runs on. */
export function version(): void {
  print(`kube-devops ${VERSION} (deno ${Deno.version.deno}, v8 ${Deno.version.v8})`);
}
