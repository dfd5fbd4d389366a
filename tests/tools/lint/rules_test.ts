/** The lint rules beside the arrows: how a file opens, who speaks to whom, and which aborts get lost. */

import assert from "node:assert/strict";
import { reports } from "./reports.ts";

for (
  const [path, source, opened] of [
    ["lib/api/object.ts", "/** What this file is for. */\nexport const x = 1;", true],
    ["lib/api/object.ts", "export const x = 1;", false],
    ["lib/api/object.ts", "// What this file is for.\nexport const x = 1;", false],
    ["lib/api/object.ts", "/* What this file is for. */\nexport const x = 1;", false],
    ["lib/api/object.ts", "export const x = 1;\n/** Too late. */", false],
    ["main.ts", "export const x = 1;", false],
    ["main.ts", "#!/usr/bin/env -S deno run\nexport const x = 1;", true],
    ["tests/api/object_test.ts", "export const x = 1;", true],
  ] as const
) {
  const first = source.split("\n")[0];
  Deno.test(`opening-sentence ${opened ? "lets" : "does not let"} ${path} open with ${first}`, () => {
    assert.equal(reports("opening-sentence", path, source).length, opened ? 0 : 1);
  });
}

for (
  const [path, source, allowed] of [
    ["lib/operator/run.ts", 'console.log("x");', false],
    ["lib/operator/run.ts", 'console["error"]("x");', false],
    ["lib/operator/run.ts", 'globalThis.console.log("x");', false],
    ["lib/operator/run.ts", "const { warn } = console; warn();", false],
    ["lib/operator/run.ts", "export const f = () => { if (f) console.debug(1); };", false],
    ["lib/operator/run.ts", 'logger.info("x");', true],
    ["lib/operator/run.ts", 'logger.info("console.log");', true],
    ["lib/api/text.ts", 'console.log("x");', false],
    ["main.ts", 'console.log("x");', false],
    ["lib/cli/run.ts", 'console.log("x");', true],
    ["tests/cli/run_test.ts", 'console.log("x");', true],
  ] as const
) {
  Deno.test(`no-console ${allowed ? "lets" : "does not let"} ${path} say ${source}`, () => {
    assert.equal(reports("no-console", path, source).length, allowed ? 0 : 1);
  });
}

for (
  const [path, source, allowed] of [
    ["lib/kube/deadline.ts", "const s = AbortSignal.any([a, b]);", false],
    ["lib/kube/deadline.ts", "const s = AbortSignal.timeout(1);", true],
    ["lib/kube/deadline.ts", "const s = Promise.any([a, b]);", true],
    ["tests/kube/deadline_test.ts", "const s = AbortSignal.any([a, b]);", true],
  ] as const
) {
  Deno.test(`no-weak-abort ${allowed ? "lets" : "does not let"} ${path} say ${source}`, () => {
    assert.equal(reports("no-weak-abort", path, source).length, allowed ? 0 : 1);
  });
}
