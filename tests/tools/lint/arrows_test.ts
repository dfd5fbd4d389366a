/** The arrows of the house: every kind of import there is, held against them. */

import assert from "node:assert/strict";
import { ARROWS, forbiddenImport, PACKAGES, roomOf } from "../../../tools/lint/arrows.ts";
import { reports } from "./reports.ts";

const OPENING = "/** What this file is for. */\n";

/** What there is against the imports of `source` in the file at `path`. */
const arrowReports = (path: string, source: string) => reports("import-arrows", path, source);

/** Each way in which a file can depend on another. */
const KINDS: Readonly<Record<string, (specifier: string) => string>> = {
  "a static import": (from) => `import { x } from "${from}"; x;`,
  "a default import": (from) => `import x from "${from}"; x;`,
  "a namespace import": (from) => `import * as x from "${from}"; x;`,
  "an import for its effects": (from) => `import "${from}";`,
  "an import type": (from) => `import type { X } from "${from}"; type Y = X;`,
  "an inline type import": (from) => `import { type X } from "${from}"; type Y = X;`,
  "a dynamic import": (from) => `const x = await import("${from}"); x;`,
  "a dynamic import within a function": (from) => `async () => (await import("${from}")).x;`,
  "an export of everything": (from) => `export * from "${from}";`,
  "an export as a namespace": (from) => `export * as x from "${from}";`,
  "an export by name": (from) => `export { x } from "${from}";`,
  "an export of a type": (from) => `export type { X } from "${from}";`,
  "an export of all types": (from) => `export type * from "${from}";`,
  "a type in place": (from) => `type X = import("${from}").X;`,
  "a type of a module": (from) => `type X = typeof import("${from}");`,
  "a type in place, deep within another": (from) => `function f(x: Map<string, import("${from}").X[]>) {}`,
  "an import by require": (from) => `import x = require("${from}"); x;`,
};

for (const [kind, source] of Object.entries(KINDS)) {
  Deno.test(`import-arrows reports ${kind} of a room that no arrow leads to`, () => {
    assert.deepEqual(arrowReports("lib/policy/score.ts", source("../kube/client.ts")), [
      "policy may not import kube.",
    ]);
  });

  Deno.test(`import-arrows says nothing of ${kind} along an arrow`, () => {
    assert.deepEqual(arrowReports("lib/policy/score.ts", source("../api/object.ts")), []);
  });

  Deno.test(`import-arrows reports ${kind} of a package that the room may not have`, () => {
    assert.deepEqual(
      arrowReports("lib/policy/score.ts", source("prom-client")),
      ['policy may not import the package "prom-client".'],
    );
  });

  Deno.test(`import-arrows says nothing of ${kind} of a package that the room may have`, () => {
    assert.deepEqual(arrowReports("lib/metrics/registry.ts", source("prom-client")), []);
  });
}

for (
  const [what, source] of [
    ["a variable", "await import(name);"],
    ["a sum", 'await import("../api/" + name);'],
    ["a template", "await import(`../api/${name}`);"],
    ["a template without a hole", "await import(`../api/object.ts`);"],
  ] as const
) {
  Deno.test(`import-arrows reports a dynamic import of ${what} within the house, and only there`, () => {
    assert.deepEqual(
      arrowReports("lib/policy/score.ts", source),
      ["An import must name its module in plain text, or no rule can follow it."],
    );
    assert.deepEqual(arrowReports("tests/policy/score_test.ts", source), []);
    assert.deepEqual(arrowReports("tools/generate.ts", source), []);
  });
}

Deno.test("import-arrows says nothing of an export that names no module", () => {
  assert.deepEqual(arrowReports("lib/policy/score.ts", "const x = 1; export { x }; export const y = 2;"), []);
});

Deno.test("import-arrows reports each forbidden import of a file by itself", () => {
  const source = 'import "../kube/client.ts"; import "../api/object.ts"; export * from "../operator/run.ts";';
  assert.deepEqual(arrowReports("lib/runtime/store.ts", source), [
    "runtime may not import kube.",
    "runtime may not import operator.",
  ]);
});

/** The arrows as the design draws them. */
const DRAWN: Readonly<Record<string, string>> = {
  cli: "operator policy kube sandbox api",
  operator: "runtime policy metrics kube api",
  runtime: "api",
  policy: "api",
  metrics: "api",
  kube: "api",
  sandbox: "api",
  api: "",
};
const ROOMS = Object.keys(DRAWN);

for (const [from, drawn] of Object.entries(DRAWN)) {
  Deno.test(`import-arrows lets ${from} import itself and ${drawn || "nothing else"}, as drawn`, () => {
    const allowed = ROOMS.filter((to) =>
      forbiddenImport(`lib/${from}/file.ts`, `../${to}/other.ts`) === undefined
    );
    assert.deepEqual(allowed.sort(), [from, ...drawn.split(" ").filter(Boolean)].sort());
  });
}

Deno.test("import-arrows knows the rooms of the design and no others", () => {
  assert.deepEqual(Object.keys(ARROWS).sort(), [...ROOMS, "lib/mod.ts", "main.ts"].sort());
  for (const room of Object.keys(PACKAGES)) assert(ROOMS.includes(room), `${room} is no room`);
});

for (
  const [path, specifier, allowed] of [
    ["main.ts", "./lib/cli/program.ts", true],
    ["main.ts", "./lib/operator/run.ts", false],
    ["main.ts", "commander", false],
    ["lib/mod.ts", "./policy/evaluate.ts", true],
    ["lib/mod.ts", "./api/object.ts", true],
    ["lib/mod.ts", "./kube/client.ts", false],
    ["lib/cli/run.ts", "../mod.ts", false],
    ["lib/cli/run.ts", "../../deno.json", true],
    ["lib/policy/score.ts", "../../deno.json", false],
    ["lib/policy/score.ts", "../../main.ts", false],
    ["lib/policy/checks/latest_tag.ts", "../image_ref.ts", true],
    ["lib/policy/checks/latest_tag.ts", "../../api/pod_facts.ts", true],
    ["lib/policy/checks/latest_tag.ts", "../../kube/client.ts", false],
    ["lib/policy/score.ts", "./../kube/client.ts", false],
    ["lib/policy/score.ts", "../policy/../kube/client.ts", false],
    ["lib/policy/score.ts", "../../tests/support/pod_builder.ts", false],
    ["lib/policy/score.ts", "../../tools/lint/mod.ts", false],
    ["lib/policy/score.ts", "../../../elsewhere/lib/api/object.ts", false],
    ["lib/policy/score.ts", "/lib/api/object.ts", false],
    ["lib/policy/score.ts", "file:///lib/api/object.ts", false],
    ["lib/policy/score.ts", "https://example.com/api.ts", false],
    ["lib/policy/score.ts", "npm:typebox", false],
    ["lib/policy/score.ts", "typebox", true],
    ["lib/policy/score.ts", "typebox/other", false],
    ["lib/policy/score.ts", "node:fs", false],
    ["lib/api/object.ts", "node:util", false],
    ["lib/runtime/store.ts", "fast-check", false],
    ["lib/kube/client.ts", "openapi-fetch", true],
    ["lib/kube/client.ts", "prom-client", false],
    ["lib/operator/run.ts", "openapi-fetch", false],
    ["lib/attic/old.ts", "../api/object.ts", false],
    ["lib/other.ts", "./api/object.ts", false],
    ["tests/policy/score_test.ts", "../../lib/kube/client.ts", true],
    ["tools/generate.ts", "openapi-typescript", true],
  ] as const
) {
  Deno.test(`import-arrows ${allowed ? "lets" : "does not let"} ${path} import ${specifier}`, () => {
    const found = arrowReports(path, `${OPENING}import "${specifier}";`);
    assert.equal(found.length, allowed ? 0 : 1, found.join());
  });
}

for (
  const [path, room] of [
    ["main.ts", "main.ts"],
    ["lib/mod.ts", "lib/mod.ts"],
    ["deno.json", "deno.json"],
    ["lib/policy/score.ts", "policy"],
    ["lib/policy/checks/mod.ts", "policy"],
    ["lib/other.ts", "lib/other.ts"],
    ["other.ts", undefined],
    ["tests/lib/policy/x.ts", undefined],
    ["../lib/policy/x.ts", undefined],
  ] as const
) {
  Deno.test(`roomOf("${path}") is ${room}`, () => assert.equal(roomOf(path), room));
}
