/** For which machines binaries are made, and how one asks for them. */

import assert from "node:assert/strict";
import { compile } from "../../../tools/compile/binary.ts";
import { binariesFor, TARGETS } from "../../../tools/compile/targets.ts";

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
  const asked = compile({ triple: "sparc", output: "/nonexistent/out", base: Deno.execPath() });
  const { message } = await asked.then(
    () => assert.fail("it compiles for anything"),
    (error: Error) => error,
  );
  assert.match(message, /^Cannot compile for sparc on .*: invalid value 'sparc' .*: possible values: /);
  const known = message.replace(/^.*possible values: /, "").replace(/\.$/, "").split(", ");
  for (const { triple } of TARGETS) assert(known.includes(triple), triple);
});
