/** Kubeconfigs that do not work: each in one sentence that names the file, what is wrong, and the next step. */

import assert from "node:assert/strict";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { credentialsError } from "./harness.ts";

const ok = oneContext();
const plugin = (code: string) => ({
  token: undefined,
  exec: { apiVersion: "client.authentication.k8s.io/v1", command: Deno.execPath(), args: ["eval", code] },
});

for (
  const [what, content, words] of [
    [
      "broken YAML",
      "clusters:\n  - a\n b: [",
      /^Cannot read the kubeconfig .*\/config: .*\. Check the file or pass/,
    ],
    ["an empty file", "", /^Cannot read the kubeconfig .*: it is empty or no kubeconfig\. Check the file/],
    ["a file of comments", "# nothing\n", /: it is empty or no kubeconfig\. Check the file/],
    [
      "a file of null",
      "null",
      /^Cannot read the kubeconfig .*: it is empty or no kubeconfig\. Check the file/,
    ],
    [
      "a file of text",
      "just some text",
      /^Cannot read the kubeconfig .*: it is empty or no kubeconfig\. Check the file/,
    ],
    ["a list", "[1, 2]", /: it is empty or no kubeconfig\. Check the file/],
    [
      "a cluster without a server",
      { ...ok, clusters: [{ name: "dev", cluster: {} }] },
      /^Cannot read the kubeconfig .*: clusters\[0\]\.cluster\.server is missing\. Check/,
    ],
    [
      "a context without a name",
      { ...ok, contexts: [{ context: { cluster: "dev" } }] },
      /contexts\[0\]\.name is missing/,
    ],
    [
      "no current context",
      { ...ok, "current-context": undefined },
      /^No current context in .*\/config\. Pass --context \(known: dev\)\.$/,
    ],
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
      "a context of a user that is not there",
      { ...ok, users: [] },
      /^Context "dev" in .* names the user "dev", which is not there\.$/,
    ],
    [
      "a client certificate without its key",
      oneContext({ user: { "client-certificate-data": btoa(certificate("client-ec").cert) } }),
      /^The user of context "dev" has a client certificate without its key\.$/,
    ],
    [
      "a client key without its certificate",
      oneContext({ user: { "client-key-data": btoa(certificate("client-ec").key) } }),
      /^The user of context "dev" has a client key without its certificate\.$/,
    ],
    [
      "a CA file that is not there",
      oneContext({ cluster: { "certificate-authority": "no.crt" } }),
      /^Cannot get the credentials of context "dev": .*no such file.*no\.crt.*\.$/i,
    ],
    [
      "a plugin that is not installed",
      oneContext({ user: { token: undefined, exec: { command: "no-such-plugin" } } }),
      /^Cannot get the credentials of context "dev": .*no-such-plugin.*\.$/,
    ],
    [
      "a plugin that fails at length",
      oneContext({ user: plugin('console.error("not logged in\\n  at x (y.go:1)"); Deno.exit(1)') }),
      /^Cannot get the credentials of context "dev": not logged in\.$/,
    ],
    [
      "a plugin that fails without a word",
      oneContext({ user: plugin("Deno.exit(1)") }),
      /^Cannot get the credentials of context "dev": its plugin failed without a word\.$/,
    ],
    [
      "a plugin that prints text, without repeating it",
      oneContext({ user: plugin('console.log("hunter2")') }),
      /^Cannot get the credentials of context "dev": its plugin printed no credential\.$/,
    ],
    [
      "a plugin that prints another object",
      oneContext({ user: plugin("console.log('{}')") }),
      /^Cannot get the credentials of context "dev": its plugin printed no credential\.$/,
    ],
  ] as [string, string | object, RegExp][]
) {
  Deno.test(`kubeconfigCredentials() refuses ${what} in one sentence`, async () => {
    using folder = new KubeconfigFolder();
    const paths = [folder.write("config", content)];
    await assert.rejects(kubeconfigCredentials({ paths, context: undefined }), (error: unknown) => {
      credentialsError(words)(error);
      assert.doesNotMatch((error as Error).message, /hunter2|dev-token|PRIVATE KEY/);
      return true;
    });
  });
}

Deno.test("kubeconfigCredentials() refuses a context that was asked for and is not there, naming those that are", async () => {
  using folder = new KubeconfigFolder();
  const paths = [folder.write("a", ok), folder.write("b", oneContext({ name: "prod" }))];
  const words = /^Unknown context "staging" in .*\/a, .*\/b\. Known contexts: dev, prod\.$/;
  await assert.rejects(kubeconfigCredentials({ paths, context: "staging" }), credentialsError(words));
});

Deno.test("kubeconfigCredentials() refuses a file that is not there", async () => {
  using folder = new KubeconfigFolder();
  const words =
    /^Cannot read the kubeconfig .*\/none: there is no such file\. Check the file or pass --kubeconfig\.$/;
  const paths = [`${folder.path}/none`];
  await assert.rejects(kubeconfigCredentials({ paths, context: undefined }), credentialsError(words));
});

Deno.test("kubeconfigCredentials() refuses a folder where a file should be", async () => {
  using folder = new KubeconfigFolder();
  const refused = kubeconfigCredentials({ paths: [folder.path], context: undefined });
  await assert.rejects(refused, credentialsError(/^Cannot read the kubeconfig \S+: it is a folder\. /));
});

Deno.test("kubeconfigCredentials() does not mind settings of users that nobody asked for", async () => {
  using folder = new KubeconfigFolder();
  const others = [{ name: "other", user: { tokenFile: "/t" } }, { name: "empty" }];
  const first = folder.write("a", { ...ok, users: [...ok.users, ...others] });
  // Of two users of one name the first counts, and so do its settings.
  const second = folder.write("b", oneContext({ user: { tokenFile: "/t" } }));
  const credentials = await kubeconfigCredentials({ paths: [first, second], context: undefined });
  assert.equal((await credentials.access()).headers.authorization, "Bearer dev-token");
});
