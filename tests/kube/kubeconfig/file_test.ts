/** Kubeconfig files: what they may look like, and how one that cannot be read is told without quoting it. */

import assert from "node:assert/strict";
import { type Entry, readKubeconfig } from "../../../lib/kube/kubeconfig/file.ts";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { credentialsError } from "../harness.ts";

/** The only user's entry in a file with that content. */
async function user(folder: KubeconfigFolder, settings: string): Promise<Entry> {
  const path = folder.write("config", `users:\n- name: dev\n  user:\n    ${settings}\n`);
  return (await readKubeconfig(path))!.users.get("dev")!;
}

for (
  const [form, content] of [
    ["YAML", oneContext()],
    ["JSON", JSON.stringify(oneContext())],
    ["YAML that starts with a mark of byte order", `\ufeff${JSON.stringify(oneContext())}`],
    [
      "YAML with Windows' line ends",
      "current-context: dev\r\nusers:\r\n- name: dev\r\n  user:\r\n    token: dev-token\r\n",
    ],
  ] as const
) {
  Deno.test(`readKubeconfig() reads ${form}`, async () => {
    using folder = new KubeconfigFolder();
    const file = await readKubeconfig(folder.write("config", content));
    assert.equal(file?.currentContext, "dev");
    assert.equal(file?.users.get("dev")?.text("token"), "dev-token");
  });
}

for (
  const [what, content] of [["no byte", ""], ["comments alone", "# nothing\n"], ["null", "null"]] as const
) {
  Deno.test(`readKubeconfig() finds nothing in a file of ${what}`, async () => {
    using folder = new KubeconfigFolder();
    assert.equal(await readKubeconfig(folder.write("config", content)), undefined);
  });
}

Deno.test("readKubeconfig() takes the first of several entries of one name, even if it is called like a part of all objects", async () => {
  using folder = new KubeconfigFolder();
  const users = ["constructor", "__proto__", "constructor"].map((name, at) => ({
    name,
    user: { token: `t${at}` },
  }));
  const file = await readKubeconfig(folder.write("config", { users }));
  assert.deepEqual([...file!.users].map(([name, entry]) => [name, entry.text("token")]), [
    ["constructor", "t0"],
    ["__proto__", "t1"],
  ]);
});

for (
  const [settings, text] of [
    ["token: abc", "abc"],
    ["token: 'no'", "no"],
    ["token: 123", "123"],
    ["token: true", "true"],
    ["token: ''", undefined],
    ["token: null", undefined],
    ["token:", undefined],
    ["other: abc", undefined],
    ["<<: {token: merged}", "merged"],
  ] as const
) {
  Deno.test(`text() reads ${settings} as ${text}`, async () => {
    using folder = new KubeconfigFolder();
    assert.equal((await user(folder, settings)).text("token"), text);
  });
}

for (
  const settings of ["token: [hunter2]", "token: {a: hunter2}", "token: 12345678901234567890", "token: 1.5"]
) {
  Deno.test(`text() refuses ${settings} without repeating it`, async () => {
    using folder = new KubeconfigFolder();
    const entry = await user(folder, settings);
    assert.throws(() => entry.text("token"), (error: Error) => {
      credentialsError(/^The token of user "dev" is no text: write it in quotes, on one line\.$/)(error);
      assert.doesNotMatch(error.message, /hunter2|\d/);
      return true;
    });
  });
}

for (
  const [settings, on] of [
    ["x: true", true],
    ["x: yes", true],
    ["x: false", false],
    ["x: 'false'", false],
    ["y: true", false],
  ] as const
) {
  Deno.test(`isOn() says ${on} of x in ${settings}`, async () => {
    using folder = new KubeconfigFolder();
    assert.equal((await user(folder, settings)).isOn("x"), on);
  });
}

Deno.test("path() starts from the kubeconfig's own folder, unless the path is absolute", async () => {
  using folder = new KubeconfigFolder();
  assert.equal((await user(folder, "tokenFile: pki/../t")).path("tokenFile"), `${folder.path}/t`);
  assert.equal((await user(folder, "tokenFile: /etc/t")).path("tokenFile"), "/etc/t");
  assert.equal((await user(folder, "other: t")).path("tokenFile"), undefined);
});

/** Nine times nine times nine… of the same. */
const BOMB = [
  "a: &a [hunter2]",
  ...["b", "c", "d", "e", "f"].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcde"[at]}`)}]`),
].join("\n");

for (
  const [what, content, words] of [
    [
      "broken YAML",
      "clusters:\n  - hunter2\n b: [",
      /: it is not valid YAML in line 3, column 1\. Check the file or/,
    ],
    ["a key twice", "a: hunter2\na: hunter2", /: it is not valid YAML in line 2, column 1\./],
    ["several documents", "a: 1\n---\nb: hunter2", /: it is not valid YAML in line 2, column 1\./],
    ["text", "just hunter2", /: it is no kubeconfig\. Check the file or pass --kubeconfig\.$/],
    ["a list", "[hunter2]", /: it is no kubeconfig\./],
    ["bytes of a program", "\0\x01\x7fELF", /: it is no kubeconfig\./],
    ["users that are no list", "users: {hunter2: x}", /: its users are no list\./],
    ["an alias of nothing", "a: *hunter2", /: its YAML has an alias too many\./],
    ["a YAML bomb", BOMB, /: its YAML has an alias too many\./],
    ["brackets without end", "[".repeat(100_000), /: it is not valid YAML in line 1, column \d+\./],
  ] as const
) {
  Deno.test(`readKubeconfig() refuses a file of ${what}, and quotes none of it`, async () => {
    using folder = new KubeconfigFolder();
    const path = folder.write("config", content);
    await assert.rejects(readKubeconfig(path), (error: Error) => {
      assert(error.message.startsWith(`Cannot read the kubeconfig ${path}: `), error.message);
      credentialsError(words)(error);
      assert.doesNotMatch(Deno.inspect(error), /hunter2/);
      return true;
    });
  });
}

Deno.test("readKubeconfig() says nothing on stderr of what it reads past", async () => {
  using folder = new KubeconfigFolder();
  const path = folder.write("config", "? [hunter2, 1]\n: !odd x\n");
  const script =
    `const { readKubeconfig } = await import("./lib/kube/kubeconfig/file.ts"); await readKubeconfig(${
      JSON.stringify(path)
    });`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    env: { NO_COLOR: "1" },
  }).output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("readKubeconfig() refuses a file that is not there", async () => {
  using folder = new KubeconfigFolder();
  const words =
    /^Cannot read the kubeconfig \S+\/none: there is no such file\. Check the file or pass --kubeconfig\.$/;
  await assert.rejects(readKubeconfig(`${folder.path}/none`), credentialsError(words));
});

Deno.test("readKubeconfig() refuses a folder where a file should be", async () => {
  using folder = new KubeconfigFolder();
  const words = /^Cannot read the kubeconfig \S+: it is a folder\. /;
  await assert.rejects(readKubeconfig(folder.path), credentialsError(words));
});

Deno.test({
  name: "readKubeconfig() refuses a file that it may not read",
  permissions: { read: false, write: true },
  async fn() {
    using folder = new KubeconfigFolder();
    const path = folder.write("config", "");
    await assert.rejects(
      readKubeconfig(path),
      credentialsError(/^Cannot read the kubeconfig \S+: Requires read/),
    );
  },
});
