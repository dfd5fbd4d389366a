// Every command of the README, run as it is written there, in its order, on a real API server.

import assert from "node:assert/strict";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { statusIs } from "./policies.ts";

const ROOT = new URL("../../", import.meta.url);

/** Commands that run a whole suite of tests: .ci/run runs the first, and this very test is part of the second. */
const SUITES = ["npx -y deno@2.9.6 task test", "npx -y deno@2.9.6 task test:cluster"];
const DEMO = "npx -y deno@2.9.6 task demo";
const OPERATOR = "npx -y deno@2.9.6 run -A main.ts reconcile";
/** The first command that takes something away again. */
const UNINSTALL = "kubectl delete deployment kube-devops --namespace devops-system";

Deno.test("every command of the README does what it says there", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const commands = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
    block!.trim().split("\n")
  );
  assert.ok(commands.includes(OPERATOR) && commands.includes(UNINSTALL));
  assert.match(await Deno.readTextFile(new URL(".ci/run", ROOT)), /npx -y "deno@\$DENO_VERSION" task test$/m);

  await using cluster = await startControlPlane();
  await using stack = new AsyncDisposableStack();
  const outputs = new Map<string, string>();
  for (const command of commands) {
    if (SUITES.includes(command)) continue;
    if (command === DEMO) {
      await seeDemo(cluster);
      continue;
    }
    if (command === UNINSTALL) {
      await statusIs(cluster, "production", "default-policy", ({ violations }) => violations === 2, 20_000);
      const scores = await run(cluster, "kubectl get devopspolicies -A");
      assert.match(scores, /^production\s+default-policy\s+90\s+true\s+2\s/m);
    }
    if (command !== OPERATOR) {
      outputs.set(command, await run(cluster, command));
      continue;
    }
    const operator = shell(cluster, command).spawn();
    // As Ctrl+C does: the signal goes to the whole group, as npx does not pass it on.
    stack.defer(async () => {
      Deno.kill(-operator.pid, "SIGINT");
      await operator.output();
    });
  }
  assert.match(outputs.get("kubectl get devopspolicies -A") ?? "", /^NAMESPACE\s+NAME\s+SCORE\s+HEALTHY/);
  const left = await run(cluster, "kubectl get crd,deployments,clusterroles,clusterrolebindings -A -o name");
  assert.doesNotMatch(left, /devops/);
});

Deno.test("the README names every command and every metric that there is", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const files = ["lib/metrics/metrics.ts", "lib/metrics/policy_series.ts"];
  const source = (await Promise.all(files.map((file) => Deno.readTextFile(new URL(file, ROOT))))).join("");
  for (const [, name] of source.matchAll(/"((?:devopspolicy|process)_\w+)"/g)) {
    assert.ok(readme.includes(`\`${name}\``), `the README does not name the metric ${name}`);
  }
  for (const name of ["demo", "check", "crd install", "crd generate", "crd uninstall", "reconcile"]) {
    assert.ok(readme.includes(name), name);
  }
});

function shell({ kubeconfig }: ControlPlane, command: string): Deno.Command {
  return new Deno.Command("bash", {
    args: ["-c", command],
    cwd: ROOT,
    env: { KUBECONFIG: kubeconfig },
    stdin: "null",
    detached: true,
    signal: AbortSignal.timeout(180_000),
    stdout: "piped",
    stderr: "piped",
  });
}

/** Watches the demo to its end, and ends it as a person does. */
async function seeDemo(cluster: ControlPlane): Promise<void> {
  const demo = shell(cluster, DEMO).spawn();
  let seen = "";
  let told = false;
  for await (const text of demo.stdout.pipeThrough(new TextDecoderStream())) {
    seen += text;
    // Once: a second one would end it without its last words.
    if (!told && seen.includes("The story is over")) Deno.kill(-demo.pid, "SIGINT");
    told = seen.includes("The story is over");
  }
  await demo.stderr.cancel();
  await demo.status;
  const [, kubeconfig = ""] = /export KUBECONFIG=(\S+)/.exec(seen) ?? [];
  await assert.rejects(Deno.stat(kubeconfig), Deno.errors.NotFound, "Ctrl+C leaves nothing behind");
  assert.match(seen, /▶ The story is over; the cluster is yours until Ctrl\+C\n/);
  assert.match(seen, /^staging\/strict .* breaks-pending-duration: Pending for longer than 3 s$/m);
}

async function run(cluster: ControlPlane, command: string): Promise<string> {
  const { code, stdout, stderr } = await shell(cluster, command).output();
  assert.equal(code, 0, `${command}\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
