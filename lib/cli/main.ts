/** The boundary: runs a command, catches what it throws, and turns that into a sentence and an exit code. */

import { CommanderError } from "commander";
import { EXIT, ExitError } from "./exit.ts";
import { tell } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs the program with `args` and answers its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    // Commander has already said what is wrong; asking for help or the version ends with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof ExitError) {
      tell(`error: ${error.message}`);
      return error.exitCode;
    }
    tell(
      `error: This is a bug in kube-devops, please report it with what follows.\n${
        (error as Error)?.stack ?? error
      }`,
    );
    return EXIT.bug;
  }
}
