/** The bundle: a command loads no more of it than it needs, and nothing of an earlier one is left. */

import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { bundle, ENTRY } from "../../../tools/compile/bundle.ts";

const parts = await bundle();

Deno.test("bundle() leaves nothing of an earlier bundle, and names all that there is", async () => {
  await Deno.writeTextFile(`${dirname(ENTRY)}/chunk-00000000.js`, "");
  assert.deepEqual(await bundle(), parts);
  const there = [...Deno.readDirSync(dirname(ENTRY))].map(({ name }) => name).sort();
  assert.deepEqual(there, parts.map((path) => basename(path)));
});

/** Each of them takes its milliseconds of every start. */
const FOR_COMMANDS = ["child_process", "events", "fs", "module", "path", "process", "util"];

for (
  const [what, part, modules, kilobytes] of [
    ["to choose a command", "main", FOR_COMMANDS, 60],
    ["to find a cluster", "reconcile", ["module", "util"], 90],
    ["to run the operator", "operate", ["module", "util"], 200],
    ["to stand by", "leader_election", ["module"], 40],
    ["to print the CRD", "crd_generate", ["module"], 10],
  ] as const
) {
  Deno.test(`the bundle loads ${what} of Node ${modules.join(", ")}, and at most ${kilobytes} kB`, async () => {
    const loaded = await loadedWith(parts.find((path) => basename(path).split(/[-.]/)[0] === part)!);
    const ofNode = loaded.filter((url) => url.startsWith("node:")).map((url) => url.slice("node:".length));
    assert.deepEqual(ofNode.sort(), modules);
    const sizes = loaded.filter((url) => url.startsWith("file:")).map((url) =>
      Deno.statSync(new URL(url)).size
    );
    assert(sizes.reduce((sum, size) => sum + size) <= kilobytes * 1_000, `${sizes} bytes`);
  });
}

/** What the runtime tells of a module's imports. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

/** The URLs of all that is loaded before the file at `path` is run, itself included. */
async function loadedWith(path: string): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", path] }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly roots: readonly string[];
    readonly modules: readonly Module[];
  };
  const loaded = new Set(roots);
  for (const url of loaded) {
    const { dependencies = [] } = modules.find(({ specifier }) => specifier === url) ?? {};
    for (const { code, isDynamic = false } of dependencies) if (!isDynamic) loaded.add(code.specifier);
  }
  return [...loaded];
}
