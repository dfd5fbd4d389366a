/** The figures that the compile task prints: in columns, and of what it says. */

import assert from "node:assert/strict";
import { aligned, figures, median } from "../../../tools/compile/figures.ts";
import { Folder } from "../../support/folder.ts";

Deno.test("aligned() puts names to the left and figures to the right", () => {
  assert.deepEqual(aligned([["made", "size"], ["kube-devops", "4.8 MB"], ["a", "103.2 MB"]]), [
    "made             size",
    "kube-devops    4.8 MB",
    "a            103.2 MB",
  ]);
});

Deno.test("median() takes the middle of what need not be sorted", () => {
  assert.equal(median([5, 1, 100]), 5);
  assert.equal(median([10, 9, 2, 1, 100]), 9);
});

Deno.test("figures() measures no start of what does not run here", async () => {
  using folder = new Folder();
  const files = [`${folder.path}/a`, `${folder.path}/b`];
  for (const path of files) await Deno.writeFile(path, new Uint8Array(625_000));
  const [, row] = (await figures([{ name: "kube-devops-other", files, launch: undefined }])).split("\n");
  assert.match(row!, /^kube-devops-other {2}1\.3 MB +– +–$/);
});

Deno.test("figures() measures nothing else than what it names", async () => {
  await assert.rejects(figures([{ name: "kube-devops", files: [], launch: ["sh", "-c", "exit 7", "sh"] }]), {
    name: "BuildError",
    message: "Cannot measure sh -c exit 7 sh --version: it ends with 7, not 0.",
  });
});
