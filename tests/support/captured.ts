/** Runs the command line within the test's own process, and keeps what it prints. */

import process from "node:process";
import { main } from "../../lib/cli/main.ts";

/** How a command ended, and what it printed. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `main` with `args`. */
export function captured(...args: readonly string[]): Promise<Captured> {
  return capturing(() => main(args));
}

/** Runs a part of the program that gives an exit code. One at a time: it borrows the process's own streams. */
export async function capturing(run: () => Promise<number>): Promise<Captured> {
  const said = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const restore = (["stdout", "stderr"] as const).flatMap((name) => {
    const keep = (chunk: unknown) => {
      said[name] += typeof chunk === "string" ? chunk : decoder.decode(chunk as Uint8Array);
    };
    return [
      replace(Deno[name], "writeSync", (bytes: Uint8Array) => (keep(bytes), bytes.length)),
      replace(Deno[name], "write", (bytes: Uint8Array) => (keep(bytes), Promise.resolve(bytes.length))),
      replace(process[name], "write", (chunk: unknown) => (keep(chunk), true)),
    ];
  });
  try {
    const code = await run();
    return { code, ...said };
  } finally {
    restore.forEach((undo) => undo());
  }
}

function replace(owner: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, key);
    else Object.defineProperty(owner, key, before);
  };
}
