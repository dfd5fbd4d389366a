/** The compile task as a whole: what it prints, and its exit code. */

import assert from "node:assert/strict";

const TOOL = new URL("../../tools/compile.ts", import.meta.url).pathname;

Deno.test("deno task compile makes the bundle even where there is no runtime to compile on, and says so", async () => {
  const { code, stdout, stderr } = await task({ DENORT_BIN: "/nonexistent/denort" });
  assert.equal(code, 3, stderr);
  assert.match(stdout, /^made +size +--version +reconcile\nbundle +\d+\.\d MB +\d+ ms +\d+ ms\n$/);
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

async function task(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", TOOL, ...args],
    env,
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
