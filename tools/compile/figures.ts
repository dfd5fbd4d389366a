/** Measures what was made: how large it is, and how soon it is at work. */

import type { Launch } from "./bundle.ts";
import { BuildError } from "./run_deno.ts";

/** What is measured: the start of the program, and that of the operator as far as its kubeconfig, which is not there. */
const STARTS: Readonly<Record<string, { readonly args: readonly string[]; readonly code: number }>> = {
  "--version": { args: ["--version"], code: 0 },
  reconcile: { args: ["reconcile", "--metrics-addr=0", "--kubeconfig=/nonexistent/kubeconfig"], code: 3 },
};

/** How often each start is measured. */
const RUNS = 5;

/** A program and, if it runs on this machine, how to start it. */
export interface Made {
  readonly name: string;
  /** The paths of all that it consists of. */
  readonly files: readonly string[];
  readonly launch: Launch | undefined;
}

/** A line for each program under a header, in columns. */
export async function figures(made: readonly Made[]): Promise<string> {
  const rows = [["made", "size", ...Object.keys(STARTS)]];
  for (const { name, files, launch } of made) {
    const size = files.reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    const starts: string[] = [];
    for (const { args, code } of Object.values(STARTS)) {
      starts.push(launch === undefined ? "–" : `${Math.round(await startMs([...launch, ...args], code))} ms`);
    }
    rows.push([name, `${(size / 1e6).toFixed(1)} MB`, ...starts]);
  }
  return aligned(rows).join("\n");
}

/** Lines of cells in columns: the first one to the left, figures to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")
  );
}

/** The middle one of `numbers`. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

/**
 * How long a run takes from its start to its end: milliseconds, the median of several.
 *
 * @throws {BuildError} when it does not end with `expected`: what was measured then is something else
 */
async function startMs([command, ...args]: Launch, expected: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now();
    const { code } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
    times.push(performance.now() - startedAt);
    if (code !== expected) {
      throw new BuildError(
        `Cannot measure ${[command, ...args].join(" ")}: it ends with ${code}, not ${expected}.`,
      );
    }
  }
  return median(times);
}
