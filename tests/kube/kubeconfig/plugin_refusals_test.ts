/** Credential plugins that do not work: each in one sentence, which repeats nothing that the plugin says. */

import assert from "node:assert/strict";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { accessFrom, credentialsError } from "../harness.ts";

const V1 = "client.authentication.k8s.io/v1";

/** Checks that the plugin of `exec` is refused; a text stands for a script. */
async function refused(exec: string | object, words: RegExp, timeoutMs = 30_000): Promise<void> {
  using folder = new KubeconfigFolder();
  const command = folder.program("plugin", typeof exec === "string" ? exec : "");
  const settings = typeof exec === "string" ? {} : exec;
  const user = { token: undefined, exec: { apiVersion: V1, command, ...settings } };
  await assert.rejects(accessFrom(folder, oneContext({ user }), { timeoutMs }), (error: Error) => {
    credentialsError(words)(error);
    assert.doesNotMatch(Deno.inspect(error), /hunter2/);
    return true;
  });
}

for (
  const [what, exec, words] of [
    [
      "that is not installed",
      { command: "no-such-plugin" },
      /^Cannot get the credentials of context "dev": its plugin "no-such-plugin" is not installed, or not in PATH\.$/,
    ],
    [
      "that is not installed, with the hint that the kubeconfig has for that",
      { command: "no-such-plugin", installHint: "Install it with\n\n  brew install it.\n" },
      /its plugin "no-such-plugin" is not installed, or not in PATH\. Install it with brew install it\.$/,
    ],
    [
      "that may not be executed",
      { command: "/dev/null" },
      /its plugin "\/dev\/null" cannot be run: is it a program that/,
    ],
    [
      "that fails, whatever it says",
      'echo "hunter2" >&2; exit 7',
      /its plugin "\S+" ended with exit code 7\. Run kubectl with this context to see what it says\.$/,
    ],
    ["that is killed", "kill -9 $$", /its plugin "\S+" ended with exit code 137\. Run kubectl/],
    [
      "that prints a credential and fails",
      `echo '{"status":{"token":"hunter2"}}'; exit 1`,
      /ended with exit code 1\./,
    ],
    [
      "that prints garbage",
      "echo hunter2",
      /its plugin "\S+" printed no credential, but something that is no JSON\.$/,
    ],
    ["that prints nothing", "true", /printed no credential, but something that is no JSON\.$/],
    ["that prints without end", "yes hunter2", /printed no credential, but more than a megabyte\.$/],
    [
      "that prints a token with a line break",
      `printf '{"status":{"token":"hunter2\\\\nx"}}'`,
      /^The token of context "dev" cannot be sent: /,
    ],
    ["without a command", { command: "" }, /^The plugin of context "dev" has no command: write one\.$/],
    [
      "of a version that is gone",
      { apiVersion: "client.authentication.k8s.io/v1alpha1" },
      /^The plugin of context "dev" has the apiVersion "\S+v1alpha1", which is not supported: write \S+\/v1 or \S+beta1,/,
    ],
    ["of no version", { apiVersion: undefined }, /has the apiVersion "", which is not supported: write /],
    [
      "that has to ask, where there is no terminal",
      { interactiveMode: "Always" },
      /its plugin "\S+" wants to ask somebody, and there is no terminal\. Run this in one\.$/,
    ],
    [
      "that wants to know the cluster, whose CA is not there",
      { provideClusterInfo: true, command: "true" },
      /printed no credential, but something that is no JSON\.$/,
    ],
  ] as [string, string | object, RegExp][]
) {
  Deno.test(`pluginIdentity() refuses a plugin ${what}`, () => refused(exec, words));
}

for (
  const [what, script] of [
    ["hangs", "exec sleep 600"],
    ["leaves somebody behind who holds its output open", "sleep 600 &\nexit 0"],
    ["closes its output and hangs", "exec >&-\nexec sleep 600"],
  ] as const
) {
  Deno.test(`pluginIdentity() gives up on a plugin that ${what}`, async () => {
    const words =
      /its plugin "\S+" did not answer within 0\.2 s\. Run kubectl with this context to see what it says\.$/;
    const start = performance.now();
    await refused(script, words, 200);
    assert(performance.now() - start < 10_000);
  });
}

/** Runs a plugin called `aws` or `other` in PATH, as the program would under the permissions of the binary. */
async function asBinary(plugin: "aws" | "other", env: Record<string, string>): Promise<string> {
  using folder = new KubeconfigFolder();
  for (const name of ["aws", "other"]) {
    const script = `printf '{"status":{"token":"%s"}}' "$AWS_PROFILE/$LD_LIBRARY_PATH/$LD_DEBUG_OUTPUT"`;
    folder.program(`bin/${name}`, script);
  }
  const exec = { apiVersion: V1, command: plugin, env: [] };
  const kubeconfig = folder.write("config", oneContext({ user: { token: undefined, exec } }));
  const module = new URL("../../../lib/kube/kubeconfig.ts", import.meta.url);
  const main = folder.write(
    "main.ts",
    `import { kubeconfigCredentials } from ${JSON.stringify(module.href)};
     const choice = { paths: [${JSON.stringify(kubeconfig)}], context: undefined };
     const said = (await kubeconfigCredentials(choice)).access().then(({ headers }) => headers.authorization);
     console.log(await said.catch(({ message }) => message));`,
  );
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--config",
      config,
      "--allow-env=HOME",
      "--ignore-env",
      "--allow-read",
      "--allow-run=aws",
      main,
    ],
    env: { ...env, PATH: `${folder.path}/bin:${Deno.env.get("PATH")}`, AWS_PROFILE: "production" },
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("Under least permissions, a plugin gets our variables, but none of the loader's", async () => {
  const loader = { LD_LIBRARY_PATH: "/nowhere", LD_DEBUG_OUTPUT: "/tmp/x" };
  assert.equal(await asBinary("aws", loader), "Bearer production//");
  assert.equal(await asBinary("aws", {}), "Bearer production//");
});

Deno.test("Under least permissions, a plugin that may not be run says so, whatever the loader's variables", async () => {
  for (const env of [{}, { LD_LIBRARY_PATH: "/nowhere" }]) {
    const words =
      'Cannot get the credentials of context "dev": its plugin "other" may not be run with these permissions.';
    assert.equal(await asBinary("other", env), words);
  }
});
