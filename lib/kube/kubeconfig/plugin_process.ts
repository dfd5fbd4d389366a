/** Runs a credential plugin's program for what it prints, within bounds of time and size. */

import { PluginError } from "./exec_credential.ts";

/** More than this is no credential; bytes. */
const MAX_PRINTED = 1024 * 1024;

/** What to run. */
export interface PluginProcess {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside our own variables, all of which it gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it may read the terminal. */
  readonly interactive: boolean;
  /** Whether there is a terminal, which then shows what it has to say; nobody else ever sees that. */
  readonly terminal: boolean;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * What the program prints.
 *
 * @throws {PluginError} when it cannot be run, fails, or does not end
 */
export async function printedBy({ timeoutMs, ...program }: PluginProcess): Promise<string> {
  const child = spawn(program);
  const reader = child.stdout.getReader();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new PluginError(`did not answer within ${timeoutMs / 1000} s. ${SEE_FOR_YOURSELF}`)),
    timeoutMs,
  );
  try {
    const printed = await Promise.race([readAll(reader), late.promise]);
    const { success, code } = await Promise.race([child.status, late.promise]);
    if (!success) throw new PluginError(`ended with exit code ${code}. ${SEE_FOR_YOURSELF}`);
    return printed;
  } catch (error) {
    end(child);
    // It may have left somebody behind who holds its output open.
    await reader.cancel();
    await child.status;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const SEE_FOR_YOURSELF = "Run kubectl with this context to see what it says";

function spawn(program: Omit<PluginProcess, "timeoutMs">, unset?: Record<string, string>): Deno.ChildProcess {
  const { command, args, env, interactive, terminal } = program;
  try {
    return new Deno.Command(command, {
      args: [...args],
      env: { ...env, ...unset },
      stdin: interactive ? "inherit" : "null",
      stdout: "piped",
      stderr: terminal ? "inherit" : "null",
    }).spawn();
  } catch (error) {
    // Under least permissions, the runtime starts nothing that the loader's variables could lead astray, and names them.
    const loader = error instanceof Deno.errors.NotCapable ? error.message.match(/\b(LD|DYLD)_\w+/g) : null;
    if (loader === null || unset !== undefined) throw new PluginError(startProblem(error), { cause: error });
    return spawn(program, Object.fromEntries(loader.map((name) => [name, ""])));
  }
}

function startProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "is not installed, or not in PATH";
  if (error instanceof Deno.errors.NotCapable) return "may not be run with these permissions";
  return "cannot be run: is it a program that you may execute?";
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let printed = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    printed += decoder.decode(chunk.value, { stream: true });
    if (printed.length > MAX_PRINTED) {
      throw new PluginError("printed no credential, but more than a megabyte");
    }
  }
  return printed + decoder.decode();
}

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
