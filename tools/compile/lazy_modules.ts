/** Lets the files of the bundle load modules of Node when they are first used, not before anything runs. */

import { BuildError } from "./run_deno.ts";

/** Modules that are objects of functions and values: what turns to them at each use is as good as they are. */
const OBJECTS: readonly string[] = [
  "node:buffer",
  "node:child_process",
  "node:fs",
  "node:path",
  "node:process",
  "node:util",
];

/** Functions that are called, and nothing else is done to them: what calls them is as good as they are. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = { "node:util": ["stripVTControlCharacters"] };

/** What packages ask of Node's process, and the answer: the binary's permissions and the runtime leave but this one. */
const ANSWERED: readonly (readonly [question: RegExp, answer: string])[] = [
  // Whether openapi-fetch is on Node, with the fetch of undici.
  [
    /\btypeof process\s*={2,3}\s*"object"\s*&&\s*Number\.parseInt\(process\?\.versions\?\.node\?\.substring\(0,\s*2\)\)\s*>=\s*18\s*&&\s*process\.versions\.undici\b/g,
    "false",
  ],
  // Whether yaml shall print what it parses.
  [/(?<![\w$.])[\w$]+\.env\.LOG_(?:STREAM|TOKENS)\b/g, "undefined"],
];

/** What `deno bundle` gives to packages that call `require`. All else that they require, it has put into the bundle. */
const BANNER =
  /\bimport\s*{\s*createRequire as ([\w$]+)\s*}\s*from\s*"node:module";\s*var ([\w$]+)\s*=\s*\1\(import\.meta\.url\);/g;
/** What would load the module of the banner nevertheless. */
const LEFT_OF_BANNER = /.{0,60}(?:createRequire|["'`]node:module["'`]).{0,60}/;

const DEFAULT_IMPORT = /(?<=^|[;}\n])import ([\w$]+) from\s*"(node:[\w/]+)";/g;
const NAMED_IMPORT = /(?<=^|[;}\n])import\s*{\s*([\w$]+)(?: as ([\w$]+))?\s*}\s*from\s*"(node:[\w/]+)";/g;

/**
 * A file of the bundle, minified or not, as one that does the same and loads less. An import in a form that is not
 * known here stays as it is.
 *
 * @throws {BuildError} when packages are given another `require` than the one known here
 */
export function withLazyModules(text: string): string {
  // Imports are done before all else in a file, wherever they stand in it.
  let first = "";
  const rest = ANSWERED.reduce((text, [question, answer]) => text.replace(question, answer), text)
    .replace(BANNER, (_, __, name) => `var ${name}=(${requiring})(${lazyModule},${JSON.stringify(OBJECTS)});`)
    .replace(DEFAULT_IMPORT, (all, name, id) => {
      if (!OBJECTS.includes(id)) return all;
      first += `const ${name}=(${lazyModule})("${id}");`;
      return "";
    })
    .replace(NAMED_IMPORT, (all, exported, name = exported, id) => {
      if (!FUNCTIONS[id]?.includes(exported)) return all;
      first += `const ${name}=(${lazyFunction})("${id}","${exported}");`;
      return "";
    });
  const [left] = LEFT_OF_BANNER.exec(rest) ?? [];
  if (left === undefined) return first + rest;
  throw new BuildError(
    `Cannot keep the bundle from loading node:module at each start: it says ${JSON.stringify(left)}. ` +
      "Teach tools/compile/lazy_modules.ts the form in which packages are given their require.",
  );
}

// What follows is written into the bundle as it is, so that none of it may name anything of this file but types.

type Callable = (...operands: unknown[]) => unknown;

/** Something on which all that is done is done on the module called `id`: each trap is the function of its name. */
function lazyModule(id: string): object {
  let module: object | undefined;
  return new Proxy(
    {},
    new Proxy({}, {
      get: (_, trap: string) => (_: object, ...operands: unknown[]) =>
        (Reflect as unknown as Record<string, Callable>)[trap]!(
          module ??= globalThis.process.getBuiltinModule(id),
          ...operands,
        ),
    }),
  );
}

/** What calls the function called `name` of the module called `id`. */
function lazyFunction(id: string, name: string): Callable {
  let called: Callable | undefined;
  return (...operands) => {
    called ??= (globalThis.process.getBuiltinModule(id) as Record<string, Callable>)[name]!;
    return called(...operands);
  };
}

/** A `require` of Node's modules: those called `objects` when they are first used, the others at once. */
function requiring(lazy: typeof lazyModule, objects: readonly string[]): (id: string) => unknown {
  const required = new Map<string, unknown>();
  return (id) => {
    const module = required.get(id) ??
      (objects.includes(id) ? lazy(id) : globalThis.process.getBuiltinModule(id));
    if (module === undefined) {
      const problem = `Cannot find module "${id}": it is neither in the bundle nor one of Node's.`;
      throw Object.assign(new Error(problem), { code: "MODULE_NOT_FOUND" });
    }
    required.set(id, module);
    return module;
  };
}
