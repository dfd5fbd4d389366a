/** The binary: what is baked into it, and in which words it cannot be made. */

import assert from "node:assert/strict";
import { basename } from "node:path";
import { GRANTS } from "../../../lib/cli/grants.ts";
import { compile, prove } from "../../../tools/compile/binary.ts";
import { bundle } from "../../../tools/compile/bundle.ts";
import { TARGETS } from "../../../tools/compile/targets.ts";
import { Folder } from "../../support/folder.ts";

const parts = await bundle();

/** A machine with this one's kind of executables, but not this one. */
const OTHER = TARGETS.find(({ name, triple }) =>
  name.startsWith(Deno.build.os) && triple !== Deno.build.target
)!;

Deno.test("compile() bakes in the bundle and the permissions of the table, and nothing else", async () => {
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
  assert.equal(metadata.entrypoint_key, "main.js");
  assert.equal(metadata.log_level, "ERROR");
  assert.equal(metadata.code_cache_key, null);
  assert.equal(metadata.node_modules, null);
  assert.deepEqual(metadata.argv, []);
  const sizes = parts.map((path) => [basename(path), Deno.statSync(path).size]);
  assert.deepEqual(files.map(({ File: { n, o: [, size] } }) => [n, size]), sizes);
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
    `import { compile } from ${JSON.stringify(new URL("../../../tools/compile/binary.ts", import.meta.url))};
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
