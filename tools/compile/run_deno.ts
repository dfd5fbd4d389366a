/** Runs a command of the runtime's, and says in one sentence why it failed. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A step of making the program did not succeed. The message is one sentence. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  /** 1 something went wrong, 2 wrong usage, 3 there is no runtime to compile on. */
  readonly exitCode: number;

  constructor(message: string, { exitCode = 1, ...options }: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * Runs `deno` in the folder of the project, wherever one stands, with `args` and `env` beside the environment, quietly.
 *
 * @throws {BuildError} that it cannot do `what`, and why
 */
export async function runDeno(
  args: readonly string[],
  what: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new BuildError(`Cannot ${what}: ${reason(new TextDecoder().decode(stderr))}.`);
}

/** Why the runtime failed: the causes that it lists, or else the first line of what it said. */
export function reason(stderr: string): string {
  const [said = "", trace = ""] = stderr.split("\nStack backtrace:")[0]!.split("\nCaused by:\n");
  const causes = trace.split("\n").map((line) => line.replace(/^\s*(\d+: )?/, "").replace(/\.?\s*$/, ""));
  // A cause repeats in its words those behind it.
  const told = causes.filter((cause, i) => cause && !causes.slice(0, i).some((one) => one.includes(cause)));
  return told.join(": ") || said.trim().split("\n", 1)[0]!.replace(/^error: /, "").replace(/\.$/, "");
}
