// Every command of the README, run as it is written there, on a real API server: each of the three ways from nothing to nothing.

import assert from "node:assert/strict";
import { bundle, launchBundle } from "../../tools/compile/bundle.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createServiceAccountToken } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { statusIs } from "./policies.ts";

const ROOT = new URL("../../", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** Commands that run a whole suite of tests: .ci/run runs the first, and this very test is part of the second. */
const SUITES = ["npx -y deno@2.9.6 task test", "npx -y deno@2.9.6 task test:cluster"];
const DEMO = "npx -y deno@2.9.6 task demo";
const COMPILE = "npx -y deno@2.9.6 task compile";
/** Not made where there is no runtime to put it on: what it embeds is run with what is baked in instead. */
const BINARY = "dist/kube-devops ";

/** The blocks of commands under a heading, in their order; those of Helm are carried out by chart_test.ts. */
function blocksUnder(heading: string): string[][] {
  const [, ...sections] = `\n${README}`.split(/^(?=#{2,3} )/m);
  const text = sections.find((section) => section.startsWith(`${heading}\n`)) ?? "";
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!.trim().split("\n"))
    .filter((block) => !block[0]!.startsWith("helm "));
}

const WAYS = ["### One binary", "### From the source", "### In the cluster"] as const;
const STARTS = WAYS.map((way) => blocksUnder(way).flat());
const [FIRST_POLICY = []] = blocksUnder("### A first policy");
const ENDS = blocksUnder("## Uninstall");

Deno.test("the README has three ways, an end for each, and no command that is run nowhere", async () => {
  assert.deepEqual([STARTS.length, ENDS.length], [WAYS.length, WAYS.length]);
  for (const block of [...STARTS, ...ENDS, FIRST_POLICY]) assert.ok(block.length > 0);
  const known = [...SUITES, DEMO, ...STARTS.flat(), ...FIRST_POLICY, ...ENDS.flat()];
  for (const [, block] of README.matchAll(/^```sh\n(.*?)^```/gms)) {
    if (block!.startsWith("helm ")) continue;
    for (const command of block!.trim().split("\n")) assert.ok(known.includes(command), command);
  }
  assert.match(await Deno.readTextFile(new URL(".ci/run", ROOT)), /npx -y "deno@\$DENO_VERSION" task test$/m);
});

Deno.test("every command of the README does what it says there", async (t) => {
  await using cluster = await startControlPlane();
  await bundle();
  await t.step("the demo", () => seeDemo(cluster));
  for (const [i, way] of WAYS.entries()) {
    await t.step(`${way.replace("### ", "")}, from nothing to nothing`, async () => {
      await using operator = await start(cluster, STARTS[i]!);
      await eventually(isReady, { within: 60_000, what: "readiness" });
      const outputs: string[] = [];
      for (const command of FIRST_POLICY) outputs.push(await run(cluster, command));
      assert.match(outputs.join("\n"), /^NAMESPACE\s+NAME\s+SCORE\s+HEALTHY/m);
      await statusIs(cluster, "production", "default-policy", ({ violations }) => violations === 2);
      const scores = await run(cluster, "kubectl get devopspolicies -A");
      assert.match(scores, /^production\s+default-policy\s+90\s+true\s+2\s/m);
      await operator.stop();
      for (const command of ENDS[i]!) await run(cluster, command);
      const kinds = "crd,deployments,clusterroles,clusterrolebindings";
      assert.doesNotMatch(await run(cluster, `kubectl get ${kinds} -A -o name`), /devops/);
    });
  }
});

Deno.test("the README names every command and every metric that there is", async () => {
  const files = ["lib/metrics/metrics.ts", "lib/metrics/policy_series.ts"];
  const source = (await Promise.all(files.map((file) => Deno.readTextFile(new URL(file, ROOT))))).join("");
  for (const [, name] of source.matchAll(/"((?:devopspolicy|process)_\w+)"/g)) {
    assert.ok(README.includes(`\`${name}\``), `the README does not name the metric ${name}`);
  }
  for (const name of ["demo", "check", "crd install", "crd generate", "crd uninstall", "reconcile"]) {
    assert.ok(README.includes(name), name);
  }
});

/** What a command needs of a cluster. */
type Reached = Pick<ControlPlane, "kubeconfig">;

/** An operator that somebody started; its end is theirs, or the test's. */
interface Started extends AsyncDisposable {
  stop(): Promise<void>;
}

/** Does what a way says, as far as to an operator at work: in a terminal, or in the container that a kubelet would start. */
async function start(cluster: ControlPlane, commands: readonly string[]): Promise<Started> {
  let operator: Started | undefined;
  for (const command of commands) {
    if (command === COMPILE) await compileWherePossible(cluster);
    else if (command.endsWith(" reconcile")) operator = startInTerminal(cluster, command);
    else await run(cluster, command);
  }
  return operator ?? await startContainer(cluster);
}

/** Ends as Ctrl+C does: the signal goes to the whole group, as npx does not pass it on. */
function startInTerminal(cluster: Reached, command: string): Started {
  const child = shell(cluster, command).spawn();
  const output = child.output();
  let isEnding = false;
  const stop = async () => {
    if (!isEnding) Deno.kill(-child.pid, "SIGINT");
    isEnding = true;
    await output;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

/** The image's binary with the arguments that the cluster would give it, as the service account. */
async function startContainer(cluster: ControlPlane): Promise<Started> {
  const [namespace, name] = ["devops-system", "kube-devops"];
  const deployment = JSON.parse(await run(cluster, `kubectl get deployment ${name} -n ${namespace} -o json`));
  const { serviceAccountName, containers: [container] } = deployment.spec.template.spec;
  const token = await createServiceAccountToken(cluster, namespace, serviceAccountName);
  const kubeconfig = await writeKubeconfig(cluster, "container", { token });
  return startInTerminal({ kubeconfig }, BINARY + container.args.join(" "));
}

/** Where the README has the operator serve, and the image too. */
async function isReady(): Promise<boolean> {
  const response = await fetch("http://127.0.0.1:9090/readyz").catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

async function compileWherePossible(cluster: ControlPlane): Promise<void> {
  const { code, stderr } = await shell(cluster, COMPILE).output();
  assert.ok(code === 0 || code === 3, new TextDecoder().decode(stderr));
}

function shell({ kubeconfig }: Reached, command: string): Deno.Command {
  const quoted = launchBundle().map((word) => `'${word}'`).join(" ");
  return new Deno.Command("bash", {
    args: ["-c", command.startsWith(BINARY) ? `${quoted} ${command.slice(BINARY.length)}` : command],
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
