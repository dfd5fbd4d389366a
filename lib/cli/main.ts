/** The boundary: runs a command, catches what it throws, and turns that into a sentence and an exit code. */

import { type Command, CommanderError } from "commander";
import { escapeText } from "../api/text.ts";
import { EXIT, ExitError } from "./exit.ts";
import { tell } from "./output.ts";
import { createProgram } from "./program.ts";

/** Longer sentences are cut: they quote what a cluster or a file says. */
const MAX_SENTENCE_LENGTH = 4_096;

/** Runs the program with `args` and answers its exit code. */
export async function main(args: readonly string[], program: Command = createProgram()): Promise<number> {
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    // Commander has already said what is wrong; asking for help or the version ends with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { missingGrant } = await import("./grants.ts");
    // Whatever else is said of it, nothing but the permission helps.
    const missing = missingGrant(error);
    const known = missing === undefined ? error : new ExitError(EXIT.usage, missing, { cause: error });
    if (known instanceof ExitError) {
      tell(`error: ${escapeText(known.message, MAX_SENTENCE_LENGTH)}`);
      return known.exitCode;
    }
    tell(`error: This is a bug in kube-devops, please report it with what follows.\n${report(error)}`);
    return EXIT.bug;
  }
}

/** The stack of a bug. The runtime's message quotes a header that it cannot send, token and all: then only where it was. */
function report(error: unknown): string {
  const lines = String((error as Error)?.stack ?? error).split("\n");
  const shown = /header|bearer/i.test(String(error)) ? lines.filter((line) => /^ {4}at /.test(line)) : lines;
  return shown.map((line) => escapeText(line, MAX_SENTENCE_LENGTH)).join("\n");
}
