/** What becomes of the modules of Node in a bundle's files: the same, but not before they are used, or else they stay. */

import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { GRANTS } from "../../../lib/cli/grants.ts";
import { withLazyModules } from "../../../tools/compile/lazy_modules.ts";

/** The modules that are asked for while files of a bundle run. */
class Loaded implements Disposable {
  readonly ids: string[] = [];
  readonly #getBuiltinModule = process.getBuiltinModule;

  constructor() {
    process.getBuiltinModule = ((id: string) => {
      this.ids.push(id);
      return this.#getBuiltinModule(id);
    }) as typeof process.getBuiltinModule;
  }

  [Symbol.dispose](): void {
    process.getBuiltinModule = this.#getBuiltinModule;
  }
}

/** Runs what becomes of a file, and answers what it exports. */
// deno-lint-ignore no-explicit-any -- that is JavaScript of any kind
async function run(text: string): Promise<any> {
  return await import(`data:text/javascript,${encodeURIComponent(withLazyModules(text))}`);
}

for (
  const [what, text] of [
    [
      "minified",
      'var g=1;import H from"node:fs";var v=g;import{once as w}from"node:events";export{H as fs};',
    ],
    ["not minified", '// lib\nimport fs from "node:fs";\nvar version = 1;\nexport {\n  fs\n};\n'],
  ] as const
) {
  Deno.test(`withLazyModules() has a default import, ${what}, load its module at its first use, and only then`, async () => {
    using loaded = new Loaded();
    const { fs: late } = await run(text);
    assert.deepEqual(loaded.ids, []);
    assert.equal(late.existsSync, fs.existsSync);
    assert.equal(late.constants, fs.constants);
    assert.deepEqual(loaded.ids, ["node:fs"]);
  });
}

Deno.test("withLazyModules() lets a file use what it imports above the import", async () => {
  const { separator } = await run('var s=p.sep;import p from"node:path";export{s as separator};');
  assert.match(separator, /^[/\\]$/);
});

Deno.test("withLazyModules() has whatever is done to an import done to its module", async () => {
  const { fs: files, process: late } = await run(
    'import H from"node:fs";import d from"node:process";export{H as fs,d as process};',
  );
  assert.deepEqual({ ...files }, { ...fs });
  assert("argv" in late && !("nothing" in late));
  late.extra = 1;
  try {
    assert.equal(Reflect.get(process, "extra"), 1);
  } finally {
    delete late.extra;
  }
  assert(!("extra" in process));
  const listener = () => {};
  late.on("extra", listener);
  assert.deepEqual(process.listeners("extra" as "exit"), [listener]);
  late.off("extra", listener);
  assert.equal(process.listenerCount("extra"), 0);
});

for (
  const [what, text] of [
    ["minified", 'import{stripVTControlCharacters as s}from"node:util";export{s as strip};'],
    [
      "not minified",
      'import { stripVTControlCharacters } from "node:util";\nexport { stripVTControlCharacters as strip };\n',
    ],
  ] as const
) {
  Deno.test(`withLazyModules() has a function that is imported by its name, ${what}, load its module when it is called`, async () => {
    using loaded = new Loaded();
    const { strip } = await run(text);
    assert.deepEqual(loaded.ids, []);
    assert.deepEqual([strip("\x1b[1mbold\x1b[0m"), strip("plain")], ["bold", "plain"]);
    assert.deepEqual(loaded.ids, ["node:util"]);
  });
}

for (
  const text of [
    'import E from"node:events";',
    'import{EventEmitter as E}from"node:events";',
    'import{readFileSync as r}from"node:fs";',
    'import{inspect as i,stripVTControlCharacters as s}from"node:util";',
    'import H,{constants as c}from"node:fs";',
    'import*as H from"node:fs";',
    'import"node:fs";',
    'var H=await import("node:fs");',
    "var s='import H from \"node:fs\";';",
    'import H from"./node:fs.js";',
    "var v=process.versions.node;",
  ]
) {
  Deno.test(`withLazyModules() leaves ${text} as it is`, () => assert.equal(withLazyModules(text), text));
}

/** What `deno bundle` writes for packages that call `require`, which is exported here as `a`. */
const REQUIRES = [
  [
    "minified",
    'var g=1;import{createRequire as __deno_internal_createRequire} from "node:module";' +
    "var m=__deno_internal_createRequire(import.meta.url);export{m as a};",
  ],
  [
    "not minified",
    'var g = 1;\nimport { createRequire as __deno_internal_createRequire } from "node:module";\n' +
    "var __require = __deno_internal_createRequire(import.meta.url);\n\nexport {\n  __require as a\n};\n",
  ],
] as const;

for (const [what, text] of REQUIRES) {
  Deno.test(`the require of a bundle, ${what}, brings modules of Node, most of them at their first use`, async () => {
    using loaded = new Loaded();
    const { a: require } = await run(text);
    const buffer = require("node:buffer");
    assert.equal(require("node:buffer"), buffer);
    assert.deepEqual(loaded.ids, []);
    assert.equal(buffer.Buffer.from("a").length, 1);
    assert.deepEqual(loaded.ids, ["node:buffer"]);
    const EventEmitter = require("node:events");
    assert.equal(new EventEmitter().listenerCount("a"), 0);
    assert.equal(require("fs"), fs);
  });

  Deno.test(`the require of a bundle, ${what}, throws for any other module, as packages expect`, async () => {
    const { a: require } = await run(text);
    for (const id of ["utf-8-validate", "./other.js", "node:nothing"]) {
      assert.throws(() => require(id), {
        name: "Error",
        code: "MODULE_NOT_FOUND",
        message: `Cannot find module "${id}": it is neither in the bundle nor one of Node's.`,
      });
    }
  });
}

for (
  const text of [
    'import{createRequire}from"node:module";var m=createRequire(import.meta.url);',
    'import{createRequire as c}from"node:module";var m=c(import.meta.filename);',
    'import{createRequire as c}from"node:module";const m=c(import.meta.url);',
    'import{createRequire as c,builtinModules as b}from"node:module";var m=c(import.meta.url);',
    'import c from"node:module";var m=c.createRequire(import.meta.url);',
    "var m=process.getBuiltinModule('module').createRequire(import.meta.url);",
    `${REQUIRES[0][1]}var n=__deno_internal_createRequire("file:///");`,
  ]
) {
  Deno.test(`withLazyModules() refuses another require: ${text}`, () =>
    assert.throws(() => withLazyModules(`var a="${"a".repeat(1_000)}";${text}`), (error: Error) => {
      assert.equal(error.name, "BuildError");
      assert.match(
        error.message,
        /^Cannot keep the bundle from loading node:module at each start: it says ".*(?:createRequire|node:module).*"\. Teach /,
      );
      assert(error.message.length < 400, error.message);
      return true;
    }));
}

Deno.test("withLazyModules() answers what packages ask of Node's process, as the runtime and the permissions do", async () => {
  using loaded = new Loaded();
  const asked = 'typeof process=="object"&&Number.parseInt(process?.versions?.node?.substring(0,2))>=18&&' +
    "process.versions.undici";
  const { undici, logs } = await run(
    `import p from"node:process";export const undici=!!(${asked}),logs=[p.env.LOG_TOKENS,p.env.LOG_STREAM];`,
  );
  assert.deepEqual({ undici, logs, loaded: loaded.ids }, {
    undici: process.versions.undici !== undefined,
    logs: [undefined, undefined],
    loaded: [],
  });
  const readable = GRANTS.find(({ flag }) => flag === "--allow-env")!.values!;
  assert(!readable.some((name) => name.startsWith("LOG_")), `${readable}`);
});
