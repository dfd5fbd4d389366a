/** `reconcile` as a process: works, keeps trying what may heal, tells what it does, and ends when asked to. */

import assert from "node:assert/strict";
import { eventually } from "../cluster/eventually.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { Program } from "../support/program.ts";
import { valueOf } from "../support/scrape.ts";
import { NO_TERMINAL, requireTerminal } from "../support/terminal.ts";
import { fill, startReachable } from "./harness.ts";

/** The lines of a JSON log. */
const logged = (stderr: string) => stderr.trimEnd().split("\n").map((line) => JSON.parse(line));

/** A port on which nobody listens. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("reconcile writes the status, serves, logs JSON, and ends with 0 on SIGINT within 2 seconds", async () => {
  await using server = await startReachable();
  const { cluster, kubeconfig } = server;
  await fill(cluster);
  const args = ["reconcile", "-n", "production", "--kubeconfig", kubeconfig, "--metrics-addr", "127.0.0.1:0"];
  await using program = new Program(args);
  await program.says("status changed");
  const address = logged(program.stderr).find(({ message }) => message.startsWith("serving"))?.address;
  assert.equal(await (await fetch(`http://${address}/readyz`)).text(), "ok\n");
  program.signal("SIGINT");
  const asked = performance.now();
  const { code, stdout, stderr } = await program.end();
  assert(performance.now() - asked < 2_000);
  assert.equal(code, 0);
  assert.equal(stdout, "", "stdout is for a person at a terminal");
  const policy = await cluster.policy("strict");
  assert.equal(Reflect.get(policy?.status ?? {}, "message"), "1 violations across 1 pods — Healthy (95)");
  assert.deepEqual(policy?.metadata.finalizers, ["devops.stochastic.io/cleanup"]);
  const changed = logged(stderr).find(({ message }) => message === "status changed");
  assert.equal(changed.policy, "production/strict");
  assert.equal(changed.score, 95);
  assert.equal(logged(stderr).at(-1).message, "stopped");
  assert(!stderr.includes("test-token"));
  const reads = cluster.calls.filter(({ verb }) => !verb.startsWith("patch"));
  assert.deepEqual(reads.map(({ verb, namespace, resource }) => `${verb} ${namespace}/${resource}`).sort(), [
    "watch production/devopspolicies",
    "watch production/pods",
  ]);
});

Deno.test("reconcile keeps trying a server that refuses connections, warns once, and ends with 0 on SIGTERM", async () => {
  const port = freePort();
  using folder = new KubeconfigFolder();
  const file = folder.write(
    "config",
    oneContext({ name: "test", cluster: { server: `http://127.0.0.1:${port}` } }),
  );
  const args = [
    "reconcile",
    "--kubeconfig",
    file,
    "--metrics-addr",
    "127.0.0.1:0",
    "--log-format",
    "text",
  ];
  await using program = new Program(args);
  await program.says("cannot watch");
  const [, address] = /address=(\S+)/.exec(program.stderr) ?? [];
  await eventually(async () => {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    return ["pods", "devopspolicies"].every((resource) =>
      valueOf(text, `devopspolicy_watch_restarts_total{resource="${resource}",cause="connection_refused"}`) >=
        2
    );
  }, { what: "both are tried again" });
  program.signal("SIGTERM");
  const asked = performance.now();
  const { code, stdout, stderr } = await program.end();
  assert(performance.now() - asked < 2_000);
  assert.equal(code, 0);
  assert.equal(stdout, "");
  const warnings = stderr.split("\n").filter((line) => / warn /.test(line));
  assert.equal(warnings.length, 2, `one for each collection:\n${stderr}`);
  const problem =
    `Cannot reach the API server at http://127.0.0.1:${port}: connection refused. Is the cluster running?`;
  for (const warning of warnings) assert(warning.includes(problem), warning);
});

Deno.test("reconcile waits for a missing CRD and says how to install it", async () => {
  await using server = await startReachable();
  const { cluster, kubeconfig } = server;
  await using program = new Program(["reconcile", "--kubeconfig", kubeconfig, "--metrics-addr", "0"]);
  await program.says("cannot watch");
  const { resource, problem } = logged(program.stderr).at(-1);
  assert.equal(resource, "devopspolicies");
  assert.equal(
    problem,
    'The CRD devopspolicies.devops.stochastic.io is not installed. Run `kube-devops crd install`. (context "test")',
  );
  await fill(cluster);
  await program.says("status changed");
  program.signal("SIGTERM");
  assert.equal((await program.end()).code, 0);
});

Deno.test({
  name: "reconcile on a terminal shows a line for each changed status, and a banner at its end",
  ignore: NO_TERMINAL,
  async fn() {
    requireTerminal();
    await using server = await startReachable();
    await fill(server.cluster);
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const command = [
      Deno.execPath(),
      "run -A",
      main,
      "reconcile --metrics-addr 0 --kubeconfig",
      server.kubeconfig,
    ];
    // Stderr elsewhere: what is left is what the program prints to stdout.
    const child = new Deno.Command("script", {
      args: ["-qec", `echo $$; exec ${command.join(" ")} 2>/dev/null`, "/dev/null"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let [shown, stopped] = ["", false];
    const deadline = setTimeout(() => Deno.kill(parseInt(shown), "SIGKILL"), 20_000);
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      shown += chunk;
      if (stopped || !shown.includes("strict")) continue;
      stopped = true;
      Deno.kill(parseInt(shown), "SIGTERM");
    }
    await child.status;
    clearTimeout(deadline);
    const [_pid, first, rule, banner] = shown.split(/\r?\n/);
    assert.match(
      first ?? "",
      /^\[\d\d:\d\d:\d\d\] production\/strict: Healthy — score 95\/100, 1 violations, 1 pods$/,
    );
    assert.match(rule ?? "", /^─+$/);
    assert.match(banner ?? "", /^kube-devops stopped after 0 min \d s, 1 status changes written$/);
  },
});
