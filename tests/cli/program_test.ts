/** The command line: help for everybody, one sentence for whoever is wrong, and the right exit code. */

import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { captured } from "../support/captured.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";

const COMMANDS = [
  [],
  ["crd"],
  ["crd", "generate"],
  ["crd", "install"],
  ["crd", "uninstall"],
  ["check"],
  ["reconcile"],
  ["version"],
];

for (const command of COMMANDS) {
  for (const args of [[...command, "--help"], [...command, "-h"], ["help", ...command.slice(0, 1)]]) {
    Deno.test(`kube-devops ${args.join(" ")} explains itself, with an example`, async () => {
      const { code, stdout, stderr } = await captured(...args);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: kube-devops/);
      assert.match(stdout, /\nExamples?:\n {2}kube(-devops|ctl) /);
      assert.equal(stderr, "");
    });
  }
}

Deno.test("kube-devops without a command explains itself on stderr and says that this was wrong", async () => {
  const { code, stdout, stderr } = await captured();
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^Usage: kube-devops/);
});

for (const how of ["version", "--version"]) {
  Deno.test(`kube-devops ${how} says its own version and what it runs on`, async () => {
    assert.deepEqual(await captured(how), {
      code: 0,
      stdout: `kube-devops ${project.version} (deno ${Deno.version.deno}, v8 ${Deno.version.v8})\n`,
      stderr: "",
    });
  });
}

/** Wrong usage, and words that the one sentence must hold. */
const WRONG: readonly (readonly [args: readonly string[], ...words: RegExp[]])[] = [
  [["bogus"], /unknown command 'bogus'/],
  [["crd", "bogus"], /unknown command 'bogus'/],
  [["--bogus"], /unknown option '--bogus'/],
  [["crd", "generate", "--kubeconfig", "x"], /unknown option '--kubeconfig'/],
  [["crd", "generate", "extra"], /too many arguments/],
  [["reconcile", "extra"], /too many arguments/],
  [["reconcile", "--upgrade"], /unknown option '--upgrade'/],
  [["check", "extra"], /too many arguments/],
  [["check", "-n", ""], /'' is invalid/, /lowercase/],
  [["check", "-o", "yaml"], /'yaml' is invalid/, /table, json/],
  [["crd", "uninstall", "--upgrade"], /unknown option '--upgrade'/],
  [["reconcile", "--kubeconfig"], /argument missing/],
  [
    ["reconcile", "--kubeconfig", ""],
    /^error: option '--kubeconfig .*It is empty: write the path of a kubeconfig/,
  ],
  [["crd", "install", "--context="], /^error: option '--context .*It is empty: write the name of a context/],
  [["reconcile", "--requeue-interval", "0s"], /'0s' is invalid/, /between 1s and 1h/],
  [["reconcile", "--metrics-addr", "here"], /'here' is invalid/, /127\.0\.0\.1:9090/],
  [["reconcile", "-n", "No"], /'No' is invalid/, /lowercase/],
  [["reconcile", "--lease-name", "a/b"], /'a\/b' is invalid/, /name of a lease/],
  [["reconcile", "--lease-namespace", "No"], /'No' is invalid/, /lowercase/],
  [["reconcile", "--log-format", "xml"], /'xml' is invalid/, /text, json/],
  [["reconcile", "--log-level", "loud"], /'loud' is invalid/, /debug, info, warn, error/],
  [["reconcile", "--system-namespaces", "-nowhere"], /Cannot remove "nowhere"/],
  [["reconcile", "--system-namespaces=Team"], /Cannot use "Team"/],
];

for (const [args, ...words] of WRONG) {
  Deno.test(`kube-devops ${args.join(" ")} is refused in one sentence with exit code 2`, async () => {
    const { code, stdout, stderr } = await captured(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    const [sentence = "", ...rest] = stderr.trimEnd().split("\n");
    assert.match(sentence, /^error: /);
    assert(rest.length === 0 || rest.join() === "(see --help)", stderr);
    for (const word of words) assert.match(sentence, word);
  });
}

Deno.test("kube-devops quotes an argument so that no terminal obeys it", async () => {
  const { code, stderr } = await captured("crd", "\u001b[2Jinstall\u202e");
  assert.equal(code, 2);
  assert.match(stderr, /^error: unknown command '\\u\{1b\}\[2Jinstall\\u\{202e\}'$/m);
});

const BROKEN: readonly (readonly [what: string, text: string, ...words: RegExp[]])[] = [
  ["is broken YAML", "clusters: [", /Cannot read the kubeconfig/, /--kubeconfig/],
  [
    "is not a kubeconfig",
    "root:x:0:0\nbin:x:1:1\n",
    /^error: Cannot read the kubeconfig .*: it is no kubeconfig\. /,
  ],
  ["is empty", "", /^error: Cannot read the kubeconfig .*: it is empty\. /],
];

for (const command of [["reconcile"], ["crd", "install"], ["crd", "uninstall", "--yes"], ["check"]]) {
  const name = command.join(" ");
  for (const [what, text, ...words] of BROKEN) {
    Deno.test(`kube-devops ${name} with a kubeconfig that ${what} ends at once with exit code 3`, async () => {
      using folder = new KubeconfigFolder();
      const file = folder.write("config", text);
      const { code, stdout, stderr } = await captured(...command, "--kubeconfig", file);
      assert.equal(code, 3);
      assert.equal(stdout, "");
      assert.match(stderr, /^error: [^\n]+\n$/);
      assert(stderr.includes(file), stderr);
      for (const word of words) assert.match(stderr, word);
    });
  }

  Deno.test(`kube-devops ${name} with a kubeconfig that is not there ends at once with exit code 3`, async () => {
    const { code, stderr } = await captured(...command, "--kubeconfig", "/nonexistent/config");
    assert.equal(code, 3);
    assert.equal(
      stderr,
      "error: Cannot read the kubeconfig /nonexistent/config: there is no such file. " +
        "Check the file or pass --kubeconfig.\n",
    );
  });

  Deno.test(`kube-devops ${name} with an unknown context ends at once and names those known`, async () => {
    using folder = new KubeconfigFolder();
    const file = folder.write("config", oneContext({ name: "test" }));
    const { code, stderr } = await captured(...command, "--kubeconfig", file, "--context", "prod");
    assert.equal(code, 3);
    assert.equal(stderr, `error: Unknown context "prod" in ${file}. Known contexts: test.\n`);
  });
}
