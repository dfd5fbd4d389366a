/** Files that change under way: read once, and again when they look changed or somebody knows better. */

import assert from "node:assert/strict";
import { ChangingFile, fileProblem } from "../../lib/kube/changing_file.ts";
import { KubeconfigFolder } from "../support/kubeconfig_files.ts";
import "./harness.ts";

/** Writes over a file without changing its size or time. */
function tamper(path: string, text: string): void {
  const { atime, mtime } = Deno.statSync(path);
  Deno.writeTextFileSync(path, text);
  Deno.utimeSync(path, atime!, mtime!);
}

Deno.test("ChangingFile reads once as long as nothing looks changed, and again when told to forget", async () => {
  using folder = new KubeconfigFolder();
  const file = new ChangingFile(folder.write("token", "one"));
  assert.equal(await file.read(), "one");
  tamper(file.path, "two");
  assert.equal(await file.read(), "one");
  file.forget();
  assert.equal(await file.read(), "two");
});

for (
  const [how, change] of [
    ["its size", (path: string) => Deno.writeTextFileSync(path, "longer")],
    ["its time", (path: string) => {
      Deno.writeTextFileSync(path, "two");
      Deno.utimeSync(path, new Date(), new Date(Date.now() + 5_000));
    }],
    ["another file in its place", (path: string) => {
      const { atime, mtime } = Deno.statSync(path);
      Deno.writeTextFileSync(`${path}.new`, "two");
      Deno.utimeSync(`${path}.new`, atime!, mtime!);
      Deno.renameSync(`${path}.new`, path);
    }],
  ] as const
) {
  Deno.test(`ChangingFile reads again when ${how} tells of a change`, async () => {
    using folder = new KubeconfigFolder();
    const file = new ChangingFile(folder.write("token", "one"));
    await file.read();
    change(file.path);
    assert.notEqual(await file.read(), "one");
  });
}

Deno.test("ChangingFile recovers when a file that was gone comes back", async () => {
  using folder = new KubeconfigFolder();
  const file = new ChangingFile(folder.write("token", "one"));
  await file.read();
  Deno.renameSync(file.path, `${file.path}.gone`);
  await assert.rejects(file.read(), Deno.errors.NotFound);
  Deno.renameSync(`${file.path}.gone`, file.path);
  assert.equal(await file.read(), "one");
});

for (
  const [error, said] of [
    [new Deno.errors.NotFound("os error 2"), "there is no such file"],
    [new Deno.errors.PermissionDenied("os error 13"), "permission denied"],
    [new Deno.errors.IsADirectory("os error 21"), "it is a folder"],
    [new Error("odd.\nat line 2"), "odd"],
    ["thrown text", "thrown text"],
  ] as const
) {
  Deno.test(`fileProblem() says "${said}"`, () => assert.equal(fileProblem(error), said));
}
