/** Makes the binary: a runtime with the bundle and the permissions in it. */

import { grantFlags } from "../../lib/cli/grants.ts";
import { versionLine } from "../../lib/cli/version.ts";
import { ENTRY, HOW_IT_RUNS } from "./bundle.ts";
import { BuildError, runDeno } from "./run_deno.ts";

/** What to make. */
export interface CompileOptions {
  /** The runtime's name for the kind of machine. */
  readonly triple: string;
  readonly output: string;
  /** The runtime to put the bundle on, a file; without one the runtime fetches its own, once. */
  readonly base: string | undefined;
}

/**
 * Compiles the bundle.
 *
 * @throws {BuildError} with exit code 3 when there is no base to be had, with 1 when anything else is wrong
 */
export async function compile({ triple, output, base }: CompileOptions): Promise<void> {
  const into = [`--target=${triple}`, `--output=${output}`];
  const env = base === undefined ? {} : { DENORT_BIN: base };
  try {
    await runDeno(
      ["compile", ...HOW_IT_RUNS, ...grantFlags(), ...into, ENTRY],
      `compile for ${triple} on ${nameOf(base)}`,
      env,
    );
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const missing = /: (?:Setting up base binary: |(?=Could not find denort ))(.*)\.$/s.exec(error.message)
      ?.[1];
    if (missing === undefined) throw error;
    throw new BuildError(
      `Not compiled, as there is no runtime to put the bundle on: ${missing}. ` +
        `Compile where the network is, or set DENORT_BIN to a denort ${Deno.version.deno}.`,
      { exitCode: 3, cause: error },
    );
  }
}

/** The base in words. */
export function nameOf(base: string | undefined): string {
  return base ?? `denort ${Deno.version.deno} from the network`;
}

/**
 * Runs a binary for this machine, to see that it is ours; one that is not is removed.
 *
 * @throws {BuildError} when it is not
 */
export async function prove({ output, base }: Pick<CompileOptions, "output" | "base">): Promise<void> {
  const { stdout } = await new Deno.Command(output, { args: ["--version"], stderr: "null" }).output();
  const said = new TextDecoder().decode(stdout).trim();
  if (said === versionLine()) return;
  await Deno.remove(output);
  throw new BuildError(
    `The binary does not run the bundle but says "${said.split("\n")[0]}": ` +
      `${nameOf(base)} is no denort ${Deno.version.deno}.`,
  );
}
