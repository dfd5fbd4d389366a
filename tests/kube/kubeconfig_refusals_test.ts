/** Kubeconfigs that lead nowhere: each in one sentence that names the file, what is wrong, and the next step. */

import assert from "node:assert/strict";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { accessFrom, credentialsError } from "./harness.ts";

const ok = oneContext();

for (
  const [what, content, words] of [
    [
      "no current context",
      { ...ok, "current-context": undefined },
      /^No current context in .*\/config\. Pass --context \(known: dev\)\.$/,
    ],
    ["no context at all", { kind: "Config" }, /^No current context in .* \(known: none\)\.$/],
    [
      "a current context that is not there",
      { ...ok, "current-context": "prod" },
      /^Unknown context "prod" in .*\/config\. Known contexts: dev\.$/,
    ],
    [
      "a context of a cluster that is not there",
      { ...ok, clusters: [] },
      /^Context "dev" in .* names the cluster "dev", which is not there\.$/,
    ],
    [
      "a context of no cluster",
      { ...ok, contexts: [{ name: "dev", context: { user: "dev" } }] },
      /^Context "dev" in .* names no cluster\.$/,
    ],
    [
      "a context of nothing",
      { ...ok, contexts: [{ name: "dev" }] },
      /^Context "dev" in .* names no cluster\.$/,
    ],
    [
      "a context of a user that is not there",
      { ...ok, users: [] },
      /^Context "dev" in .* names the user "dev", which is not there\.$/,
    ],
    [
      "an empty file",
      "",
      /^Cannot read the kubeconfig \S+\/config: it is empty\. Check the file or pass --kubec/,
    ],
  ] as [string, string | object, RegExp][]
) {
  Deno.test(`kubeconfigCredentials() refuses ${what} in one sentence`, async () => {
    using folder = new KubeconfigFolder();
    await assert.rejects(accessFrom(folder, content), credentialsError(words));
  });
}

Deno.test("kubeconfigCredentials() refuses a context that was asked for and is not there, naming those that are", async () => {
  using folder = new KubeconfigFolder();
  const paths = [folder.write("a", ok), folder.write("b", oneContext({ name: "prod" }))];
  const words = /^Unknown context "staging" in .*\/a, .*\/b\. Known contexts: dev, prod\.$/;
  await assert.rejects(kubeconfigCredentials({ paths, context: "staging" }), credentialsError(words));
});

Deno.test("kubeconfigCredentials() refuses a broken file among others", async () => {
  using folder = new KubeconfigFolder();
  const paths = [folder.write("a", ok), folder.write("b", "[")];
  const words = /^Cannot read the kubeconfig \S+\/b: it is not valid YAML in line 1, /;
  await assert.rejects(kubeconfigCredentials({ paths, context: undefined }), credentialsError(words));
});
