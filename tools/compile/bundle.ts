/** The program as JavaScript files: what is tested with the binary's permissions, and what the binary embeds. */

import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Grant, grantFlags, GRANTS } from "../../lib/cli/grants.ts";
import { withLazyModules } from "./lazy_modules.ts";
import { runDeno } from "./run_deno.ts";

/** The folder of all that is made. */
export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const FOLDER = `${DIST}bundle/`;
const MAIN_FILE = "main.js";
/** The file of the bundle that is run; beside it are those with what commands load when they run. */
export const ENTRY = FOLDER + MAIN_FILE;

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/**
 * Makes the bundle anew: a command loads no code, and no module of Node's, that only others need.
 *
 * @returns its files, in the order of their names
 */
export async function bundle(): Promise<readonly string[]> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const made = await Deno.makeTempDir({ dir: DIST });
  try {
    const flags = ["--quiet", "--platform=deno", "--minify", "--code-splitting", `--outdir=${made}`];
    await runDeno(["bundle", ...flags, MAIN], "bundle the program");
    const names = namesIn(made);
    for (const path of names.map((name) => `${made}/${name}`)) {
      await Deno.writeTextFile(path, withLazyModules(await Deno.readTextFile(path)));
    }
    // All but the first one run are named after what is in them. That one comes last, and finds whatever it names.
    for (const name of [...names.filter((name) => name !== MAIN_FILE), MAIN_FILE]) {
      await Deno.rename(`${made}/${name}`, FOLDER + name);
    }
    // Somebody else who makes the same may have been faster.
    for (const name of namesIn(FOLDER)) if (!names.includes(name)) await rm(FOLDER + name, { force: true });
    return names.map((name) => FOLDER + name);
  } finally {
    await Deno.remove(made, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
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
  "--v8-flags=--heap-growing-percent=25,--max-semi-space-size=4,--no-memory-pool",
  // All is in the bundle.
  ...["--no-config", "--no-lock", "--no-npm", "--no-remote", "--no-check"],
];

/** Starts the bundle as the binary starts, on the runtime that is installed here. */
export function launchBundle(grants: readonly Grant[] = GRANTS): Launch {
  return [Deno.execPath(), "run", ...HOW_IT_RUNS, ...grantFlags(grants), ENTRY];
}
