/** The bundle: a command loads no more of it than it needs, and nothing of an earlier one is left. */

import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, ENTRY, type Launch, launchBundle } from "../../../tools/compile/bundle.ts";
import { withLazyModules } from "../../../tools/compile/lazy_modules.ts";
import { runDeno } from "../../../tools/compile/run_deno.ts";
import { fill, startReachable } from "../../cli/harness.ts";
import { Folder } from "../../support/folder.ts";
import { Program, run } from "../../support/program.ts";

const parts = await bundle();

Deno.test("bundle() leaves nothing of an earlier bundle, and names all that there is", async () => {
  await Deno.writeTextFile(`${dirname(ENTRY)}/chunk-00000000.js`, "");
  assert.deepEqual(await bundle(), parts);
  const there = [...Deno.readDirSync(dirname(ENTRY))].map(({ name }) => name).sort();
  assert.deepEqual(there, parts.map((path) => basename(path)));
});

// Each module of Node takes its milliseconds of every start.
for (
  const [what, part, modules, kilobytes] of [
    ["to choose a command", "main", ["events"], 60],
    ["to find a cluster", "reconcile", [], 90],
    ["to read a kubeconfig", "kubeconfig", ["path"], 150],
    ["to run the operator", "operate", [], 200],
    ["to stand by", "leader_election", [], 40],
    ["to print the CRD", "crd_generate", [], 10],
  ] as const
) {
  const ofNode = modules.join(", ") || "nothing";
  Deno.test(`the bundle loads ${what} of Node ${ofNode}, and at most ${kilobytes} kB`, async () => {
    const loaded = await loadedWith(parts.find((path) => basename(path).split(/[-.]/)[0] === part)!);
    const names = loaded.filter((url) => url.startsWith("node:")).map((url) => url.slice("node:".length));
    assert.deepEqual(names.sort(), modules);
    const sizes = loaded.filter((url) => url.startsWith("file:")).map((url) =>
      Deno.statSync(new URL(url)).size
    );
    assert(sizes.reduce((sum, size) => sum + size) <= kilobytes * 1_000, `${sizes} bytes`);
  });
}

/** The bundle as it starts, on a runtime that says when Node's process is made; no module can be loaded late without it. */
function launchTelling(folder: Folder): Launch {
  const preload = `${folder.path}/preload.js`;
  Deno.writeTextFileSync(
    preload,
    `const { get } = Object.getOwnPropertyDescriptor(globalThis, "process");
    Object.defineProperty(globalThis, "process", { get() { console.error("${TOLD}"); return get.call(globalThis); } });`,
  );
  const [command, verb, ...rest] = launchBundle();
  return [command, verb!, `--preload=${preload}`, ...rest];
}
const TOLD = "process is made";

for (
  const [args, prints, makesProcess] of [
    [["--version"], /^kube-devops \d/, false],
    [["crd", "generate"], /^apiVersion: apiextensions/, false],
    // Where it prints to, and how wide that is.
    [["reconcile", "--help"], /^Usage: kube-devops reconcile /, true],
  ] as const
) {
  const loads = makesProcess ? "what it prints with" : "no module of Node late";
  Deno.test(`the bundle loads ${loads} for ${args.join(" ")}`, async () => {
    using folder = new Folder();
    const { code, stdout, stderr } = await run(args, launchTelling(folder));
    assert.equal(code, 0, stderr);
    assert.match(stdout, prints);
    assert.equal(stderr.includes(TOLD), makesProcess, stderr);
  });
}

Deno.test("the bundle reads a kubeconfig, evaluates policies and serves its metrics, and loads no module of Node late", async () => {
  using folder = new Folder();
  await using server = await startReachable();
  await fill(server.cluster);
  const args = ["reconcile", "--kubeconfig", server.kubeconfig, "--metrics-addr", "127.0.0.1:0"];
  await using program = new Program(args, launchTelling(folder));
  await program.says("status changed");
  const [, address] = /"address":"([^"]+)"/.exec(program.stderr) ?? [];
  const metrics = await fetch(`http://${address}/metrics`);
  assert.match(await metrics.text(), /^devopspolicy_health_score{.*} 95$/m);
  program.signal("SIGTERM");
  const { code, stderr } = await program.end();
  assert.equal(code, 0, stderr);
  assert(!stderr.includes(TOLD), stderr);
});

Deno.test("a bundle that is not minified loads no more", async () => {
  using folder = new Folder();
  const main = fileURLToPath(new URL("../../../main.ts", import.meta.url));
  await runDeno(
    ["bundle", "--quiet", "--platform=deno", "--code-splitting", `--outdir=${folder.path}`, main],
    "bundle",
  );
  for (const { name } of Deno.readDirSync(folder.path)) {
    const path = `${folder.path}/${name}`;
    await Deno.writeTextFile(path, withLazyModules(await Deno.readTextFile(path)));
  }
  const loaded = await loadedWith(`${folder.path}/main.js`);
  assert.deepEqual(loaded.filter((url) => url.startsWith("node:")), ["node:events"]);
});

Deno.test("no command loads node:child_process, node:fs, node:module or node:process before it uses them", async () => {
  const { modules } = await infoOf(ENTRY);
  const ofNode = modules.map(({ specifier }) => specifier).filter((url) => url.startsWith("node:")).sort();
  const rest = ["buffer", "crypto", "events", "http", "https", "path"].map((name) => `node:${name}`);
  assert.deepEqual(ofNode, rest);
});

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
  const { roots, modules } = await infoOf(path);
  const loaded = new Set(roots);
  for (const url of loaded) {
    const { dependencies = [] } = modules.find(({ specifier }) => specifier === url) ?? {};
    for (const { code, isDynamic = false } of dependencies) if (!isDynamic) loaded.add(code.specifier);
  }
  return [...loaded];
}

/** What the runtime tells of the file at `path` and all that it imports, at once or later. */
async function infoOf(
  path: string,
): Promise<{ readonly roots: readonly string[]; readonly modules: readonly Module[] }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", path] }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}
