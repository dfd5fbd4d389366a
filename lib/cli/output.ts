/** What the program prints: results to stdout, everything else to stderr. */

import { EXIT, ExitError } from "./exit.ts";

const encoder = new TextEncoder();

/**
 * Writes a result to stdout, and says whether anybody still reads it: one who has seen enough (`| head`) is no error.
 *
 * @throws {ExitError} when stdout cannot be written, a full disk behind it, say: then there is no result
 */
export function print(text: string): boolean {
  try {
    write(Deno.stdout, `${text}\n`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw new ExitError(EXIT.no, `Cannot write the result: ${(error as Error).message}.`, { cause: error });
  }
}

/** Shows the person at the terminal what happens meanwhile; a terminal that is gone is no reason to stop working. */
export function show(text: string): void {
  try {
    write(Deno.stdout, `${text}\n`);
  } catch {
    // Nobody is there to read it.
  }
}

/** Tells the person something that is not the result; when stderr cannot be written, nobody. */
export function tell(text: string, end = "\n"): void {
  try {
    write(Deno.stderr, text + end);
  } catch {
    // There is nowhere left to say so.
  }
}

/** Where text can go: as soon as somebody reads it, or while all else waits. */
export interface TextOutput {
  /** Writes all of `bytes`; rejects when they cannot be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes `text` before it returns, if it can. */
  writeNow(text: string): void;
}

/** Stderr, for what is not to wait for its reader. */
export const stderr: TextOutput = {
  async write(bytes) {
    for (let written = 0; written < bytes.length;) {
      written += await Deno.stderr.write(bytes.subarray(written));
    }
  },
  writeNow: (text) => tell(text, ""),
};

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
}
