/** The program as one JavaScript file: what is tested with the binary's permissions, and what the binary embeds. */

import { fileURLToPath } from "node:url";
import { type Grant, grantFlags, GRANTS } from "../../lib/cli/grants.ts";
import { runDeno } from "./run_deno.ts";

/** The folder of all that is made. */
export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
/** Where the bundle is. */
export const BUNDLE = `${DIST}kube-devops.js`;

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Makes the bundle anew. Its modules stay lazy: what a command does not need is not run. */
export async function bundle(): Promise<void> {
  await Deno.mkdir(DIST, { recursive: true });
  // Made elsewhere and then moved: whoever reads the old one meanwhile gets it whole.
  const folder = await Deno.makeTempDir({ dir: DIST });
  try {
    const output = `${folder}/bundle.js`;
    const flags = ["--quiet", "--platform=deno", "--minify", `--output=${output}`];
    await runDeno(["bundle", ...flags, MAIN], "bundle the program");
    await Deno.rename(output, BUNDLE);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How to start a program: the command and its first arguments. */
export type Launch = readonly [command: string, ...args: string[]];

/** How the bundle runs, permissions apart; the binary is made with the same. */
export const HOW_IT_RUNS: readonly string[] = [
  // Else each start would tell of every credential plugin that is not installed.
  "--quiet",
  // A cache of machine code would lie in the folder for temporary files, where others could put theirs for us to run.
  "--no-code-cache",
  // The heap grows by little beyond what lives in it (decision 29).
  "--v8-flags=--heap-growing-percent=40,--max-semi-space-size=4",
  // All is in the bundle.
  ...["--no-config", "--no-lock", "--no-npm", "--no-remote", "--no-check"],
];

/** Starts the bundle as the binary starts, on the runtime that is installed here. */
export function launchBundle(grants: readonly Grant[] = GRANTS): Launch {
  return [Deno.execPath(), "run", ...HOW_IT_RUNS, ...grantFlags(grants), BUNDLE];
}
