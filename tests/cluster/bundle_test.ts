// The bundle with exactly the binary's permissions, on a real API server: every command does its work.

import assert from "node:assert/strict";
import { createProgram } from "../../lib/cli/program.ts";
import { bundle, launchBundle } from "../../tools/compile/bundle.ts";
import { canBeInPod, inPod } from "../support/launch.ts";
import { Program } from "../support/program.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { createNamespace, createPod } from "./fixtures.ts";
import { type OperatorProcess, runProgram, startOperator } from "./operator_process.ts";
import { ALL_CHECKS, createPolicy, statusIs } from "./policies.ts";

await bundle();
const launch = launchBundle();

/** Each command by its words, and the proof that it works. */
const COMMANDS: Readonly<Record<string, (cluster: ControlPlane) => Promise<void>>> = {
  async version() {
    assert.match(await ok(["version"]), /^kube-devops \d/);
    assert.equal(await ok(["--version"]), await ok(["version"]));
  },
  async help() {
    for (const args of [["--help"], ["help", "reconcile"], ["crd", "install", "--help"]]) {
      assert.match(await ok(args), /^Usage: kube-devops/);
    }
  },
  async "crd generate"(cluster) {
    const stdin = await ok(["crd", "generate"]);
    const { code, stderr } = await cluster.kubectl(["create", "--dry-run=server", "-f", "-"], { stdin });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  },
  async "crd install"({ kubeconfig }) {
    assert.match(await ok(["crd", "install", "--kubeconfig", kubeconfig]), / created \(context "test"\)$/);
    assert.match(await ok(["crd", "install"], { KUBECONFIG: kubeconfig }), / already installed and current /);
  },
  async reconcile(cluster) {
    await using operator = startOperator(cluster, [], { launch });
    await works(cluster, operator, "kubeconfig");
  },
  async check({ kubeconfig }) {
    const [header = "", ...answers] = (await ok(["check", "--kubeconfig", kubeconfig])).split("\n");
    assert.match(header, /^ASKED +ANSWER +FOUND$/);
    assert(answers.length > 5 && answers.every((line) => line.includes("  ok  ")), answers.join("\n"));
  },
  async "crd uninstall"({ kubeconfig }) {
    const args = ["crd", "uninstall", "--yes", "--kubeconfig", kubeconfig];
    const { code, stdout, stderr } = await runProgram(args, { launch });
    assert.equal(code, 0, stderr);
    assert.match(stdout, / is gone \(context "test"\)\n$/);
    assert.match(await ok(["crd", "install", "--kubeconfig", kubeconfig]), / created \(context "test"\)$/);
  },
  async demo() {
    assert.match(await ok(["demo", "--once"]), /^All \d+ scenes came true\./m);
  },
};

Deno.test("the bundle on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  for (const [command, proof] of Object.entries(COMMANDS)) {
    await t.step(`${command} works`, () => proof(cluster));
  }

  await t.step("there is no other command", () => {
    const leaves = createProgram().commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((part) => `${command.name()} ${part.name()}`)
    );
    assert.deepEqual(new Set([...leaves, "help"]), new Set(Object.keys(COMMANDS)));
  });

  await t.step({
    name: "reconcile works in a pod, with the files of its service account",
    ignore: !await canBeInPod(),
    async fn() {
      const folder = await Deno.makeTempDir({ dir: cluster.dir });
      await Deno.writeTextFile(`${folder}/ca.crt`, cluster.caPem);
      await Deno.writeTextFile(`${folder}/token`, cluster.adminToken);
      const { hostname, port } = new URL(cluster.url);
      await using operator = startOperator({ kubeconfig: "" }, [], {
        launch: inPod(launch, folder),
        env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      });
      await works(cluster, operator, "pod");
      assert.equal(operator.log[0]?.["origin"], "the pod's service account");
    },
  });

  await t.step(
    "reconcile gets its credentials from a plugin, which sees the settings of its cloud",
    async () => {
      const seen = `${cluster.dir}/seen`;
      const plugin = `${cluster.dir}/bin/aws`;
      const credential = {
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token: cluster.adminToken },
      };
      await Deno.mkdir(`${cluster.dir}/bin`);
      await Deno.writeTextFile(plugin, `#!/bin/sh\nenv > ${seen}\necho '${JSON.stringify(credential)}'\n`, {
        mode: 0o755,
      });
      await using operator = startOperator({ kubeconfig: await withPlugin(cluster) }, [], {
        launch,
        env: {
          PATH: `${cluster.dir}/bin:${Deno.env.get("PATH")}`,
          AWS_PROFILE: "production",
          SECRET: "of somebody else",
          // The runtime starts nothing that would inherit this.
          LD_LIBRARY_PATH: "/nonexistent",
        },
      });
      await works(cluster, operator, "plugin");
      const variables = (await Deno.readTextFile(seen)).split("\n");
      assert(variables.includes("AWS_PROFILE=production"));
      assert(variables.includes("SET_BY=kubeconfig"));
      assert(!variables.includes("LD_LIBRARY_PATH=/nonexistent"));
    },
  );

  await t.step("the demo writes no file, and kubectl joins it as it says", async () => {
    await using demo = new Program(["demo"], launch);
    await demo.says("Ctrl+C ends it.", "stdout");
    const [, join = ""] = /^Join in from a second terminal:\n {2}kubectl (.*)$/m.exec(demo.stdout) ?? [];
    // Whatever cluster its kubeconfig names otherwise.
    const { code, stdout, stderr } = await cluster.kubectl(join.split(" "));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^NAMESPACE +NAME +SCORE|^$/);
    demo.signal("SIGINT");
    assert.equal((await demo.end()).code, 0);
  });

  await t.step("what is wrong is told in one sentence, and with the right exit code", async () => {
    const { kubeconfig } = cluster;
    for (
      const [args, expected, words] of [
        [["bogus"], 2, /^error: unknown command 'bogus'/],
        [["reconcile", "--requeue-interval", "0s"], 2, /^error: .*between 1s and 1h/],
        [
          ["reconcile", "--kubeconfig", "/nonexistent"],
          3,
          /^error: Cannot read the kubeconfig \/nonexistent/,
        ],
        [["crd", "install", "--kubeconfig", kubeconfig, "--context", "x"], 3, /^error: Unknown context "x"/],
      ] as const
    ) {
      const { code, stdout, stderr } = await runProgram(args, { launch });
      assert.deepEqual({ code, stdout }, { code: expected, stdout: "" });
      assert.match(stderr, words);
      assert.doesNotMatch(stderr, /^\s+at /m);
    }
  });
});

/** What the program prints when all goes well. */
async function ok(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(args, { launch, env });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, args.join(" "));
  return stdout.trimEnd();
}

/** The operator judges pods of `namespace`, serves, and ends with 0; all that it says is its log, and no warning. */
async function works(cluster: ControlPlane, operator: OperatorProcess, namespace: string): Promise<void> {
  await operator.ready();
  await createNamespace(cluster, namespace);
  await createPolicy(cluster, namespace, "policy", ALL_CHECKS);
  await createPod(cluster, namespace, "web");
  await statusIs(cluster, namespace, "policy", ({ violations }) => violations === 2);
  assert.match((await operator.get("/metrics")).body, /^process_resident_memory_bytes [1-9]/m);
  const { code, stdout, stderr } = await operator.end("SIGTERM");
  assert.deepEqual({ code, stdout }, { code: 0, stdout: "" });
  assert.equal(stderr.trimEnd().split("\n").length, operator.log.length, stderr);
  assert(operator.log.every(({ level }) => level === "INFO"), stderr);
}

/** A kubeconfig whose user gets a token from the plugin called aws. */
async function withPlugin({ url, caPem, dir }: ControlPlane): Promise<string> {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "aws",
    args: ["eks", "get-token"],
    env: [{ name: "SET_BY", value: "kubeconfig" }],
    interactiveMode: "Never",
  };
  const path = `${dir}/plugin.kubeconfig`;
  const cluster = { server: url, "certificate-authority-data": btoa(caPem) };
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      clusters: [{ name: "test", cluster }],
      users: [{ name: "test", user: { exec } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      "current-context": "test",
    }),
  );
  return path;
}
