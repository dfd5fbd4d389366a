/**
 * Makes what is released, in dist/: the program as JavaScript files and, unless the word `bundle` asks for no more, the
 * binary for this machine, for each `--target`, or for `--all`, with their checksums.
 */

import { createHash } from "node:crypto";
import { compile, nameOf, prove } from "./compile/binary.ts";
import { bundle, DIST, launchBundle } from "./compile/bundle.ts";
import { BuildError } from "./compile/run_deno.ts";
import { figures, type Made } from "./compile/figures.ts";
import { binariesFor } from "./compile/targets.ts";

try {
  await make();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  Deno.exit(error.exitCode);
}

async function make(): Promise<void> {
  const binaries = binariesFor(Deno.args);
  const base = Deno.env.get("DENORT_BIN");
  if (base !== undefined && binaries.length > 1) {
    const problem = `DENORT_BIN is a runtime for one kind of machine, and this is for ${binaries.length}`;
    throw new BuildError(`${problem}: unset it, or ask for one --target.`, { exitCode: 2 });
  }
  const made: Made[] = [{ name: "bundle", files: await bundle(), launch: launchBundle() }];
  try {
    for (const { file, triple } of binaries) {
      const output = DIST + file;
      console.error(`Compiling for ${triple} on ${nameOf(base)}`);
      await compile({ triple, output, base });
      const runsHere = triple === Deno.build.target;
      if (runsHere) await prove({ output, base });
      made.push({ name: file, files: [output], launch: runsHere ? [output] : undefined });
    }
  } finally {
    await Deno.writeTextFile(`${DIST}SHA256SUMS`, await checksums(made.flatMap(({ files }) => files)));
    console.log(await figures(made));
  }
}

/** A line for each file, as `sha256sum --check` reads it. */
async function checksums(paths: readonly string[]): Promise<string> {
  const lines = paths.map(async (path) => {
    const digest = createHash("sha256").update(await Deno.readFile(path)).digest("hex");
    return `${digest}  ${path.slice(DIST.length)}\n`;
  });
  return (await Promise.all(lines)).join("");
}
