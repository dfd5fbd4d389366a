/** The compile task: for which machines, with what baked in, and in which words it fails. */

import assert from "node:assert/strict";
import { GRANTS } from "../../lib/cli/grants.ts";
import { compile, prove } from "../../tools/compile/binary.ts";
import { BUNDLE, bundle } from "../../tools/compile/bundle.ts";
import { reason } from "../../tools/compile/deno.ts";
import { aligned, figures, median } from "../../tools/compile/figures.ts";
import { binariesFor, TARGETS } from "../../tools/compile/targets.ts";

const TOOL = new URL("../../tools/compile.ts", import.meta.url).pathname;
/** A machine with this one's kind of executables, but not this one. */
const OTHER = TARGETS.find(({ name, triple }) =>
  name.startsWith(Deno.build.os) && triple !== Deno.build.target
)!;

/** A folder that is gone after the test. */
class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync();

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

for (
  const [args, files] of [
    [[], [Deno.build.os === "windows" ? "kube-devops.exe" : "kube-devops"]],
    [["bundle"], []],
    [["--target", "linux-arm64"], ["kube-devops-linux-arm64"]],
    [["--target=windows-amd64", "--target=linux-amd64"], [
      "kube-devops-linux-amd64",
      "kube-devops-windows-amd64.exe",
    ]],
    [["--all"], [
      "kube-devops-linux-amd64",
      "kube-devops-linux-arm64",
      "kube-devops-darwin-amd64",
      "kube-devops-darwin-arm64",
      "kube-devops-windows-amd64.exe",
    ]],
  ] as const
) {
  Deno.test(`binariesFor(${JSON.stringify(args)}) makes ${files.join(", ") || "none"}`, () =>
    assert.deepEqual(binariesFor(args).map(({ file }) => file), files));
}

for (
  const [args, problem] of [
    [["bundles"], 'Cannot make "bundles"'],
    [["bundle", "--all"], 'Cannot make "bundle --all"'],
    [["--all", "--target", "linux-amd64"], 'Cannot make "--all --target linux-amd64"'],
    [["--target", "linux-sparc"], 'Unknown target "linux-sparc"'],
    [["--everything"], "Unknown option '--everything'"],
    [["--target"], "Option '--target <value>' argument missing"],
  ] as const
) {
  Deno.test(`binariesFor(${JSON.stringify(args)}) is refused in one sentence`, () =>
    assert.throws(() => binariesFor(args), {
      name: "BuildError",
      exitCode: 2,
      message: `${problem}: write nothing, --all, or --target with one of ` +
        "linux-amd64, linux-arm64, darwin-amd64, darwin-arm64, windows-amd64.",
    }));
}

Deno.test("the runtime knows every target", async () => {
  using folder = new Folder();
  const asked = compile({ triple: "sparc", output: `${folder.path}/out`, base: Deno.execPath() });
  const { message } = await asked.then(
    () => assert.fail("it compiles for anything"),
    (error: Error) => error,
  );
  assert.match(message, /^Cannot compile for sparc on .*: invalid value 'sparc' .*: possible values: /);
  const known = message.replace(/^.*possible values: /, "").replace(/\.$/, "").split(", ");
  for (const { triple } of TARGETS) assert(known.includes(triple), triple);
});

Deno.test("compile() bakes in the bundle and the permissions of the table, and nothing else", async () => {
  await bundle();
  using folder = new Folder();
  const output = `${folder.path}/kube-devops`;
  // Any executable of the right format is as good as a runtime for a machine that is not here.
  await compile({ triple: OTHER.triple, output, base: Deno.execPath() });
  const { metadata: { permissions, ...metadata }, files } = await bakedIn(output);
  const valuesOf = (flag: string) => GRANTS.find((grant) => grant.flag === flag)?.values ?? [];
  const { allow_import: _, ...granted } = permissions as Record<string, unknown>;
  assert.deepEqual(Object.fromEntries(Object.entries(granted).filter(([, value]) => value !== null)), {
    allow_net: [],
    allow_read: [],
    allow_env: valuesOf("--allow-env"),
    ignore_env: [],
    allow_run: valuesOf("--allow-run"),
    prompt: false,
  });
  assert.equal(metadata.entrypoint_key, "kube-devops.js");
  assert.equal(metadata.log_level, "ERROR");
  assert.equal(metadata.code_cache_key, null);
  assert.equal(metadata.node_modules, null);
  assert.deepEqual(metadata.argv, []);
  const { size } = await Deno.stat(BUNDLE);
  assert.deepEqual(files.map(({ File: { n, o } }) => [n, o]), [["kube-devops.js", [0, size]]]);
});

Deno.test("compile() without a runtime says so in one sentence, with exit code 3", async () => {
  using folder = new Folder();
  await assert.rejects(
    compile({ triple: OTHER.triple, output: `${folder.path}/out`, base: "/nonexistent/denort" }),
    {
      name: "BuildError",
      exitCode: 3,
      message: "Not compiled, as there is no runtime to put the bundle on: Could not find denort at " +
        "'/nonexistent/denort': No such file or directory (os error 2). " +
        `Compile where the network is, or set DENORT_BIN to a denort ${Deno.version.deno}.`,
    },
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("compile() out of reach of the network says the same, and why", async () => {
  using folder = new Folder();
  const script = `${folder.path}/script.ts`;
  const options = JSON.stringify({ triple: Deno.build.target, output: `${folder.path}/out` });
  await Deno.writeTextFile(
    script,
    `import { compile } from ${JSON.stringify(new URL("../../tools/compile/binary.ts", import.meta.url))};
    await compile(${options}).catch(({ exitCode, message }) => console.log(exitCode, message));`,
  );
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-config", "--no-lock", script],
    clearEnv: true,
    // No runtime is in this cache, and nobody listens at that address.
    env: { HOME: folder.path, DENO_DIR: `${folder.path}/cache`, HTTPS_PROXY: "http://127.0.0.1:9" },
    stderr: "null",
  }).output();
  assert.match(
    new TextDecoder().decode(stdout),
    /^3 Not compiled, as there is no runtime to put the bundle on: error sending request for url .*\. Compile where .*\.\n$/,
  );
});

Deno.test("compile() on something that is no runtime says what it is not", async () => {
  using folder = new Folder();
  const base = `${folder.path}/text`;
  await Deno.writeTextFile(base, "no program");
  await assert.rejects(compile({ triple: OTHER.triple, output: `${folder.path}/out`, base }), {
    exitCode: 1,
    message: new RegExp(
      `^Cannot compile for ${OTHER.triple} on ${base}: Writing binary bytes: Invalid object: .*\\.$`,
    ),
  });
});

Deno.test("prove() removes what is not the program, and says what it is instead", async () => {
  using folder = new Folder();
  const output = `${folder.path}/kube-devops`;
  await Deno.copyFile(Deno.execPath(), output);
  await assert.rejects(prove({ output, base: "/some/base" }), {
    exitCode: 1,
    message:
      `The binary does not run the bundle but says "deno ${Deno.version.deno} (${"stable, release"}, ${Deno.build.target})": /some/base is no denort ${Deno.version.deno}.`,
  });
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("deno task compile makes the bundle even where there is no runtime to compile on, and says so", async () => {
  const { code, stdout, stderr } = await task({ DENORT_BIN: "/nonexistent/denort" });
  assert.equal(code, 3, stderr);
  assert.match(stdout, /^file +size +--version +reconcile\nkube-devops\.js +\d+\.\d MB +\d+ ms +\d+ ms\n$/);
  const [what, sentence, ...rest] = stderr.trimEnd().split("\n");
  assert.equal(what, `Compiling for ${Deno.build.target} on /nonexistent/denort`);
  assert.match(sentence!, /^Not compiled, as there is no runtime to put the bundle on: .*\.$/);
  assert.deepEqual(rest, []);
});

Deno.test("deno task compile refuses one runtime for several machines", async () => {
  assert.deepEqual(await task({ DENORT_BIN: Deno.execPath() }, "--all"), {
    code: 2,
    stdout: "",
    stderr:
      "DENORT_BIN is a runtime for one kind of machine, and this is for 5: unset it, or ask for one --target.\n",
  });
});

for (
  const [what, stderr, said] of [
    [
      "a chain of causes, each once",
      "error: Writing deno compile executable to temporary file '/x'\n\nCaused by:\n    0: Setting up base binary.\n" +
      "    1: error sending request: client error: dns error\n    2: client error\n    3: dns error\n\nStack backtrace:\n   0: <unknown>\n",
      "Setting up base binary: error sending request: client error: dns error",
    ],
    ["a single cause", "error: Cannot\n\nCaused by:\n    it is not there\n", "it is not there"],
    [
      "an error without causes",
      "error: bundling failed.\n\nStack backtrace:\n   0: <unknown>\n",
      "bundling failed",
    ],
  ] as const
) {
  Deno.test(`reason() finds ${what}`, () => assert.equal(reason(stderr), said));
}

Deno.test("aligned() puts names to the left and figures to the right", () => {
  assert.deepEqual(aligned([["file", "size"], ["kube-devops.js", "4.8 MB"], ["a", "103.2 MB"]]), [
    "file                size",
    "kube-devops.js    4.8 MB",
    "a               103.2 MB",
  ]);
});

Deno.test("median() takes the middle of what need not be sorted", () => {
  assert.equal(median([5, 1, 100]), 5);
  assert.equal(median([10, 9, 2, 1, 100]), 9);
});

Deno.test("figures() measures no start of what does not run here", async () => {
  using folder = new Folder();
  const path = `${folder.path}/kube-devops-other`;
  await Deno.writeFile(path, new Uint8Array(1_250_000));
  const [, row] = (await figures([{ path, launch: undefined }])).split("\n");
  assert.match(row!, /^kube-devops-other {2}1\.3 MB +– +–$/);
});

async function task(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", TOOL, ...args],
    env,
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

interface BakedIn {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Name, first byte and number of bytes of each file. */
  readonly files: readonly { readonly File: { readonly n: string; readonly o: [number, number] } }[];
}

/** What a binary carries for the runtime to know: a JSON object that starts with its arguments, and a list of files. */
async function bakedIn(binary: string): Promise<BakedIn> {
  const text = new TextDecoder("latin1").decode(await Deno.readFile(binary));
  const start = text.lastIndexOf('{"argv":');
  assert(start > 0, "it carries something");
  const [, metadata, files] = /^({.*?})\0.*?(\[{"File":.*?}\])/s.exec(text.slice(start, start + 20_000)) ??
    [];
  return { metadata: JSON.parse(metadata!), files: JSON.parse(files!) };
}
