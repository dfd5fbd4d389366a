/** The one file that installs everything, and what it is made of. */

import assert from "node:assert/strict";
import { installYaml, withImage, withLabel } from "../../tools/generate/install.ts";

const from = (files: Record<string, string>) => (path: string) =>
  path in files ? Promise.resolve(files[path]!) : Promise.reject(new Error(`no ${path}`));

Deno.test("installYaml() puts the files of a kustomization one after the other, in its order", async () => {
  const text = await installYaml(
    "deploy/base",
    from({
      "deploy/base/kustomization.yaml": "resources: [b.yaml, ../../other, a.yaml]",
      "other/kustomization.yaml": "resources:\n- c.yaml",
      "deploy/base/a.yaml": "# Why a.\na: 1\n",
      "deploy/base/b.yaml": "b: 2\n",
      "other/c.yaml": "c: 3\n",
    }),
  );
  const [header, ...documents] = text.split("---\n");
  assert.match(header!, /^# .*\n# Written by `deno task generate` from deploy\/base, never by hand\.\n$/);
  assert.deepEqual(documents, ["b: 2\n", "c: 3\n", "# Why a.\na: 1\n"]);
});

Deno.test("installYaml() refuses a kustomization that changes what it takes in", async () => {
  const files = { "x/kustomization.yaml": "resources: [a.yaml]\nnamespace: other\nnamePrefix: my-" };
  await assert.rejects(installYaml("x", from(files)), {
    message: "x/kustomization.yaml has namespace, namePrefix: only resources can be put into one file.",
  });
});

Deno.test("withImage() changes the image's version, and nothing else", () => {
  const text = (image: string) =>
    `# image: old\nspec:\n  - name: x\n    image: ${image}\n    args: [image]\n`;
  assert.equal(withImage(text("any.example/old:0"), "1.2.3"), text("ghcr.io/stochastic/kube-devops:1.2.3"));
});

Deno.test("withLabel() changes the version on the image's label, and nothing else", () => {
  const text = (version: string) =>
    `FROM base:1.0\nLABEL org.opencontainers.image.title="1.0" \\\n  org.opencontainers.image.version="${version}"\n`;
  assert.equal(withLabel(text("0.9"), "1.2.3"), text("1.2.3"));
});
