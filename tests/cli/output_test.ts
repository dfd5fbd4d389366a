/** Where the program's words go when they cannot go where they should: one sentence for a lost result, silence for lost logs. */

import assert from "node:assert/strict";
import { tell } from "../../lib/cli/output.ts";
import { policyCrd } from "../../lib/policy/crd.ts";
import { eventually } from "../cluster/eventually.ts";
import { captured } from "../support/captured.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { altering } from "../support/faults.ts";
import { fill, readsDefinition, startReachable } from "./harness.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs `deno run -A main.ts …` in a shell, which does the redirections. */
async function shell(command: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `"$0" run -A --no-prompt main.ts ${command}`, Deno.execPath()],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(30_000),
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

for (const command of ["crd generate", "version", "--help", "reconcile --help", "help"]) {
  Deno.test(`kube-devops ${command} to a full disk says so in one sentence, with exit code 1`, async () => {
    const { code, stderr } = await shell(`${command} > /dev/full`);
    assert.match(stderr, /^error: Cannot write the result: No space left on device [^\n]*\.\n$/);
    assert.equal(code, 1);
  });
}

Deno.test("kube-devops keeps its exit code when nobody can be told what is wrong", async () => {
  assert.equal((await shell("bogus 2> /dev/full")).code, 2);
  assert.equal((await shell("reconcile --kubeconfig /nonexistent 2> /dev/full")).code, 3);
});

for (
  const [what, redirection] of [["stderr is a full disk", "2> /dev/full"], [
    "the reader of its log goes away",
    "2> >(head -n 1 > /dev/null)",
  ]] as const
) {
  Deno.test(`reconcile goes on working when ${what}, and ends with 0`, async () => {
    await using server = await startReachable();
    const { cluster, kubeconfig } = server;
    await fill(cluster);
    const command =
      `exec "$0" run -A --no-prompt main.ts reconcile --metrics-addr 0 --kubeconfig ${kubeconfig}`;
    const child = new Deno.Command("bash", {
      args: ["-c", `${command} --log-level debug ${redirection}`, Deno.execPath()],
      cwd: ROOT,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
    const message = async () => Reflect.get((await cluster.policy("strict"))?.status ?? {}, "message");
    await eventually(async () => await message() === "1 violations across 1 pods — Healthy (95)", {
      what: "its first status",
    });
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    clearTimeout(deadline);
  });
}

Deno.test("tell() does not mind that stderr is closed", () => {
  const before = Object.getOwnPropertyDescriptor(Deno.stderr, "writeSync");
  const broken = () => {
    throw new Deno.errors.BadResource("closed");
  };
  Object.defineProperty(Deno.stderr, "writeSync", { value: broken, configurable: true });
  try {
    tell("x");
  } finally {
    if (before === undefined) Reflect.deleteProperty(Deno.stderr, "writeSync");
    else Object.defineProperty(Deno.stderr, "writeSync", before);
  }
});

Deno.test("kube-devops lets nothing that an error repeats clear the screen", async () => {
  using folder = new KubeconfigFolder();
  const file = folder.write("config", oneContext({ name: "x\x1b[2J" }));
  const { code, stderr } = await captured("crd", "install", "--kubeconfig", file, "--context", "y\x1b[2J\n");
  assert.equal(code, 3);
  assert.equal(
    stderr,
    `error: Unknown context "y\\u{1b}[2J\\u{a}" in ${file}. Known contexts: x\\u{1b}[2J.\n`,
  );
});

Deno.test("crd install escapes what a cluster says of its names, and the context that it shows", async () => {
  await using server = await startReachable({ context: "x\x1b[2J" });
  const { cluster, kubeconfig } = server;
  const { spec, ...crd } = policyCrd();
  await cluster.install({ ...crd, spec: { ...spec, names: { ...spec.names, singular: "other" } } });
  const condition = { type: "NamesAccepted", status: "False", message: "dop\x1b[2J is taken" };
  cluster.fault = altering(readsDefinition, (crd) => ({ ...crd, status: { conditions: [condition] } }));
  const left = await captured("crd", "install", "--kubeconfig", kubeconfig);
  assert.match(left.stdout, /already installed but differs in .*\(context "x\\u\{1b\}\[2J"\)\n$/);
  const refused = await captured("crd", "install", "--kubeconfig", kubeconfig, "--upgrade");
  assert.match(refused.stderr, /^error: [^\n]*: dop\\u\{1b\}\[2J is taken\.\n$/);
  // deno-lint-ignore no-control-regex -- that there is none is the point
  assert.doesNotMatch(left.stdout + left.stderr + refused.stdout + refused.stderr, /\x1b/);
});

for (const command of [["reconcile", "--metrics-addr", "0"], ["crd", "install"]]) {
  for (const token of ["CANARY\nCANARY", "CANARY\0", "CANARY\x7f", "CANÄRY"]) {
    Deno.test(`kube-devops ${command[0]} shows nothing of the token ${JSON.stringify(token)}`, async () => {
      await using server = await startReachable();
      using folder = new KubeconfigFolder();
      // A server with TLS: without it no token is sent. It is not reached, as the token is looked at before.
      const cluster = { server: server.cluster.url.replace("http:", "https:") };
      const file = folder.write("config", oneContext({ cluster, user: { token } }));
      const { code, stdout, stderr } = await captured(...command, "--kubeconfig", file, "--context", "dev");
      assert.equal(code, 3);
      assert.match(stderr, /^error: The token of context "dev" cannot be sent: [^\n]*\n$/);
      assert.doesNotMatch(stdout + stderr, /CAN.RY|Bearer/);
      assert.deepEqual(server.cluster.calls, []);
    });
  }
}
