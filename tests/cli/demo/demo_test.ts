/** The demo as a whole: its story comes true on the sandbox, over real HTTP, and it leaves nothing behind. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { Program, run } from "../../support/program.ts";
import { NO_TERMINAL, onTerminal } from "../../support/terminal.ts";

Deno.test("demo --once plays the story without a terminal, and exits 0 because all of it came true", async () => {
  const { code, stdout, stderr } = await run(["demo", "--once", "--pods", "60", "--policies", "3"]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^▶ The payments team deletes its policy, and the operator lets it go$/m);
  assert.match(stdout, /^shop\/default-policy +█{20} 100 +Healthy +0 +2 /m);
  assert.match(stdout, /^staging\/strict .* breaks-pending-duration: Pending for longer than 3 s$/m);
  assert.match(stdout, /^All \d+ scenes came true\./m);
  assert.equal(stdout.includes("\u001b"), false, "no colours and no cursor movement");
});

Deno.test("demo --once does not exit 0 when it is stopped before all of it came true", async () => {
  await using demo = new Program(["demo", "--once"]);
  await demo.says("▶ A pod finds no node", "stdout");
  demo.signal("SIGINT");
  const { code, stderr } = await demo.end();
  assert.deepEqual({ code, stderr }, {
    code: 1,
    stderr: "error: Stopped before all 6 scenes came true. Run it again to see the rest.\n",
  });
});

Deno.test("demo does not leave out pods for want of policies, but says so", async () => {
  const { code, stdout, stderr } = await run(["demo", "--once", "--pods", "50"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^error: Cannot start with 50 pods under no policy\. Pass .*--policies 10\.\n$/);
});

for (
  const [what, env, isDrawn] of [
    ["draws on a terminal", {}, true],
    ["neither moves the cursor nor colours under NO_COLOR", { NO_COLOR: "1" }, false],
    ["neither moves the cursor nor colours in CI", { CI: "true" }, false],
    ["neither moves the cursor nor colours where the terminal cannot", { TERM: "dumb" }, false],
  ] as const
) {
  Deno.test({
    name: `demo ${what}`,
    ignore: NO_TERMINAL,
    async fn() {
      const options = {
        env: { CI: "", TERM: "xterm", ...env },
        prompt: "Healthy",
        input: "\x03",
      };
      const { code, shown } = await onTerminal(["demo"], options);
      assert.equal(code, 0, shown);
      assert.equal(shown.includes("\x1b["), isDrawn);
    },
  });
}

Deno.test("demo says in one sentence that its port is in use, or is none", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const inUse = await run(["demo", "--once", "--port", String(taken.addr.port)]);
  assert.equal(inUse.code, 2);
  assert.match(
    inUse.stderr,
    /^error: Cannot serve the demo on port \d+: it is in use\. Pass another --port.*\n$/,
  );
  const none = await run(["demo", "--port", "70000"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /Write a port from 1 to 65535/);
});

for (
  const [moment, signal] of [
    ["Join in from a second terminal", "SIGHUP"],
    ["Three teams write", "SIGTERM"],
    ["shop/default-policy: ", "SIGINT"],
  ] as const
) {
  Deno.test(`demo ends with 0, without a complaint and leaving no kubeconfig, when it gets ${signal} at "${moment}"`, async () => {
    await using demo = new Program(["demo"]);
    await demo.says(moment, "stdout");
    demo.signal(signal);
    const { code, stderr } = await demo.end();
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    await assert.rejects(Deno.stat(kubeconfigPath(demo)), Deno.errors.NotFound);
  });
}

Deno.test("demo ends when nobody reads what it tells any more", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", fileURLToPath(new URL("../../../main.ts", import.meta.url)), "demo"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal((await child.status).code, 0);
  clearTimeout(deadline);
});

Deno.test("demo goes on when somebody takes away what its story is about, and says so", async () => {
  await using demo = new Program(["demo"]);
  await demo.says("✓ true after", "stdout");
  const { url, token, ca } = kubeconfigOf(demo);
  using client = Deno.createHttpClient({ caCerts: [ca] });
  const take = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url + path, { client, method: "DELETE", headers });
    await response.body?.cancel();
    assert.equal(response.status, 200);
  };
  await take("/api/v1/namespaces/shop");
  await take("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/devopspolicies.devops.stochastic.io");
  await demo.says("✗ After", "stdout");
  await demo.says("▶ Its containers crash", "stdout");
  demo.signal("SIGINT");
  const { code, stdout, stderr } = await demo.end();
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.match(stdout, /✗ After ".*" the server said no: .* Did somebody else change the cluster\?$/m);
});

/** What the kubeconfig says that the demo invites with. */
function kubeconfigOf(demo: Program) {
  const { clusters: [{ cluster }], users: [{ user }] } = parse(Deno.readTextFileSync(kubeconfigPath(demo)));
  const ca = atob(cluster["certificate-authority-data"]);
  return { url: cluster.server as string, token: user.token as string, ca };
}

/** Where the demo says that its kubeconfig lies. */
function kubeconfigPath(demo: Program): string {
  const [, path] = /export KUBECONFIG=(\S+)/.exec(demo.stdout) ?? [];
  return path ?? assert.fail(`the demo names no kubeconfig:\n${demo.stdout}`);
}
