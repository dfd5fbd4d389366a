/** The Dockerfile, without a container engine: its build stage is carried out, and what it makes held against the program. */

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { basename, dirname } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { createProgram } from "../../lib/cli/program.ts";
import { bundle } from "../../tools/compile/bundle.ts";
import { TARGETS } from "../../tools/compile/targets.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

interface Instruction {
  readonly name: string;
  readonly words: string;
}

const DOCKERFILE = await Deno.readTextFile(`${ROOT}Dockerfile`);
const INSTRUCTIONS = DOCKERFILE.replace(/^#.*\n/gm, "").replace(/\\\n\s*/g, "").trim().split(/\n+/)
  .map((line): Instruction => {
    const [, name = "", words = ""] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    return { name, words };
  });
const froms = INSTRUCTIONS.flatMap(({ name }, i) => name === "FROM" ? [i] : []);
const GLOBAL = INSTRUCTIONS.slice(0, froms[0]);
const BUILD = INSTRUCTIONS.slice(froms[0], froms[1]);
const IMAGE = INSTRUCTIONS.slice(froms[1]);

const words = (stage: readonly Instruction[], name: string) =>
  stage.filter((instruction) => instruction.name === name).map(({ words }) => words);
/** The sources and the destination of each COPY of the build stage. */
const copies = words(BUILD, "COPY").map((line) => {
  const parts = line.split(" ");
  return { sources: parts.slice(0, -1), to: parts.at(-1)! };
});

/** The Linux machine that this one is not: nothing made for it is run. */
const OTHER = Deno.build.arch === "x86_64" ? "arm64" : "amd64";

Deno.test({
  name:
    "the build stage, carried out on what it copies, makes the very bundle of the tests, and the file of the image",
  // It makes Linux binaries, and here out of this very runtime.
  ignore: Deno.build.os !== "linux",
  fn: buildStage,
});

async function buildStage(): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const { sources, to } of copies) {
      for (const source of sources) {
        const target = to.endsWith("/") ? `${folder}/${to}/${basename(source)}` : `${folder}/${to}`;
        await cp(`${ROOT}${source}`, target, { recursive: true });
      }
    }
    const [command, ...none] = words(BUILD, "RUN").map((line) => line.replace(/^--mount=\S+ /, ""));
    assert.deepEqual(none, []);
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-ec", command!],
      cwd: folder,
      // Any executable is as good as a runtime for a machine that is not here.
      env: {
        PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
        TARGETARCH: OTHER,
        DENORT_BIN: Deno.execPath(),
      },
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const made = [...Deno.readDirSync(`${folder}/dist/bundle`)].map(({ name }) =>
      `${folder}/dist/bundle/${name}`
    );
    assert.deepEqual(contents(made), contents(await bundle()));
    const [binary, ...others] = words(IMAGE, "COPY").map((line) => line.split(" ").at(-2)!);
    assert.deepEqual(others, []);
    const workdir = words(BUILD, "WORKDIR")[0]!;
    const file = binary!.replace("${TARGETARCH}", OTHER).replace(workdir, folder);
    assert((await Deno.stat(file)).size > 10_000_000);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is in files of a bundle, but for the hashes in their names: where a bundle is made goes into them, too. */
function contents(files: readonly string[]): string[] {
  return files.map((path) => Deno.readTextFileSync(path).replace(/-[0-9A-Z]{8}\.js/g, ".js")).sort();
}

Deno.test("what the build stage copies is not ignored, and nothing else gets into the context", async () => {
  const [ignored, ...kept] = (await Deno.readTextFile(`${ROOT}.dockerignore`)).replace(/^#.*\n/gm, "").trim()
    .split("\n");
  assert.equal(ignored, "*");
  assert.deepEqual(kept.map((line) => line.slice(1)).sort(), copies.flatMap(({ sources }) => sources).sort());
  assert(kept.every((line) => line.startsWith("!")));
});

Deno.test("the image holds the binary alone, and starts it without a shell and not as root", () => {
  assert.deepEqual(IMAGE.map(({ name }) => name).sort(), [
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "EXPOSE",
    "FROM",
    "LABEL",
    "USER",
  ]);
  const [copied] = words(IMAGE, "COPY");
  const [, source, path] = /^--from=build (\S+) (\S+)$/.exec(copied!) ?? [];
  for (const arch of ["amd64", "arm64"]) {
    const file = basename(source!.replace("${TARGETARCH}", arch));
    assert(TARGETS.some(({ name }) => `kube-devops-${name}` === file), file);
  }
  assert.deepEqual(JSON.parse(words(IMAGE, "ENTRYPOINT")[0]!), [path]);
  assert.match(words(IMAGE, "USER")[0]!, /^[1-9]\d*:[1-9]\d*$/);
});

Deno.test("the image's arguments run the operator, and serve where the image says", () => {
  const [command, ...args] = JSON.parse(words(IMAGE, "CMD")[0]!) as string[];
  const known = createProgram().commands.find((known) => known.name() === command);
  assert.equal(known?.name(), "reconcile");
  assert.deepEqual(known?.parseOptions(args), { operands: [], unknown: [] });
  const { hostname, port } = known?.opts().metricsAddr;
  assert.deepEqual([hostname, String(port)], ["::", words(IMAGE, "EXPOSE")[0]], "on every address");
});

Deno.test("the image is built natively with the runtime of the tests, and put on distroless without root", async () => {
  const args = Object.fromEntries(words(GLOBAL, "ARG").map((line) => line.split("=", 2)));
  assert.deepEqual(words(BUILD, "FROM"), ["--platform=$BUILDPLATFORM ${BUILDER} AS build"]);
  assert.deepEqual(words(IMAGE, "FROM"), ["${BASE}"]);
  assert.match(args.BASE, /^gcr\.io\/distroless\/cc-debian\d+:nonroot$/);
  const [, version] = /^DENO_VERSION=(.+)$/m.exec(await Deno.readTextFile(`${ROOT}.ci/run`)) ?? [];
  assert.equal(args.BUILDER, `docker.io/denoland/deno:${version}`);
});

Deno.test("the image's labels are those of the project", () => {
  const [line] = words(IMAGE, "LABEL");
  const labels = Object.fromEntries(
    [...line!.matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g)].map((
      [, name, value],
    ) => [name, value]),
  );
  assert.deepEqual({ title: "kube-devops", version: project.version, licenses: project.license }, {
    title: labels.title,
    version: labels.version,
    licenses: labels.licenses,
  });
  assert.equal(labels.description, createProgram().description().replace(/\.$/, ""));
});
