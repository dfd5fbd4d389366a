/** `crd uninstall` against a sandbox: it says what it will do, asks, does it, and says who is in the way. */

import assert from "node:assert/strict";
import { toTimestamp } from "../../lib/api/clock.ts";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { crdUninstall } from "../../lib/cli/crd_uninstall.ts";
import { ExitError } from "../../lib/cli/exit.ts";
import { captured, capturing } from "../support/captured.ts";
import { refusing } from "../support/faults.ts";
import { InstantClock } from "../support/instant_clock.ts";
import { NO_TERMINAL, onTerminal } from "../support/terminal.ts";
import { type Reachable, readsDefinition, startReachable } from "./harness.ts";

const NAME = "devopspolicies.devops.stochastic.io";
const WHERE = '(context "test")';

/** A sandbox with the definition and `policies`, by name their finalizers. */
async function installed(policies: Readonly<Record<string, readonly string[]>> = {}): Promise<Reachable> {
  const server = await startReachable();
  await server.cluster.install();
  for (const [name, finalizers] of Object.entries(policies)) {
    await server.cluster.putPolicy({ name, finalizers });
  }
  return server;
}

/** Runs `crd uninstall --yes` where waiting takes no time, to an end with an exit code and a message. */
async function failing(server: Reachable) {
  let message: string | undefined;
  const { code } = await capturing(async () => {
    try {
      await crdUninstall({ yes: true, kubeconfig: server.kubeconfig }, new InstantClock());
      return 0;
    } catch (error) {
      if (!(error instanceof ExitError)) throw error;
      message = error.message;
      return error.exitCode;
    }
  });
  return { code, message };
}

const isInstalled = async ({ cluster }: Reachable) => await cluster.definition() !== undefined;

const PLAN = (server: Reachable) =>
  `On ${server.cluster.url} ${WHERE}, this will\n` +
  `- remove the finalizer ${FINALIZER} from 2 policies\n` +
  `- delete the CRD ${NAME}\n` +
  "- and with it 3 policies in 1 namespace, statuses included\n";
const SOME = { a: [FINALIZER], b: [FINALIZER], c: [] };

Deno.test("crd uninstall shows what it would do, and does nothing where nobody can be asked", async () => {
  await using server = await installed(SOME);
  const { code, stdout, stderr } = await captured("crd", "uninstall", "--kubeconfig", server.kubeconfig);
  assert.equal(code, 1);
  assert.equal(stdout, PLAN(server));
  assert.equal(stderr, "error: Nothing was changed. Pass --yes to do all this.\n");
  assert.deepEqual([...new Set(server.cluster.calls.map(({ verb }) => verb))], ["get", "list"]);
});

Deno.test("crd uninstall --yes shows what it will do, and does it", async () => {
  await using server = await installed(SOME);
  const run = () => captured("crd", "uninstall", "--yes", "--kubeconfig", server.kubeconfig);
  assert.deepEqual(await run(), { code: 0, stdout: `${PLAN(server)}${NAME} is gone ${WHERE}\n`, stderr: "" });
  assert.equal(await isInstalled(server), false);
  // Once more is no harm.
  assert.deepEqual(await run(), { code: 0, stdout: `${NAME} is not installed ${WHERE}\n`, stderr: "" });
});

Deno.test("crd uninstall says that there are no policies, that the definition is on its way, and who is at work", async () => {
  await using server = await installed();
  const shown = async () => (await captured("crd", "uninstall", "--kubeconfig", server.kubeconfig)).stdout;
  const none = await shown();
  assert.match(none, /^- remove the finalizer \S+ from no policies$/m);
  assert.match(none, /^- and with it no policies in no namespaces, statuses included$/m);

  await server.cluster.putPolicy({ finalizers: [FINALIZER] });
  await server.cluster.putStatus({ lastEvaluated: toTimestamp(Date.now() - 20_000) });
  await server.cluster.deleteDefinition();
  const busy = await shown();
  assert.match(busy, /^- remove the finalizer \S+ from 1 policy$/m);
  assert.match(busy, /^- delete the CRD \S+, which is being deleted already$/m);
  assert.match(
    busy,
    /^warning: an operator seems to be at work: it evaluated production\/strict 2\d s ago; better stop it first$/m,
  );
});

Deno.test("crd uninstall names the finalizers of others, and ends with 1 and one sentence when they stay", async () => {
  const theirs = ["example.com/hold"];
  await using server = await installed({ a: [FINALIZER, ...theirs], b: theirs, c: theirs, d: theirs, e: [] });
  const kept = "example.com/hold keeps production/a, production/b, production/c and 1 more";
  const { stdout } = await captured("crd", "uninstall", "--kubeconfig", server.kubeconfig);
  assert(stdout.includes(`\nwarning: ${kept}, and so nothing is gone until that is let go\n`), stdout);
  assert.deepEqual(await failing(server), {
    code: 1,
    message: `${NAME} is being deleted but not gone: ${kept}. ` +
      "Let whoever set these finalizers take them off; the rest goes by itself then.",
  });
});

Deno.test("crd uninstall ends with 3 and one sentence when the server is not done after a minute", async () => {
  await using server = await installed();
  let definition: unknown;
  server.cluster.fault = async (call, next) => {
    const response = await next();
    if (!readsDefinition(call)) return response;
    const answer = await response.json();
    if (response.ok) definition = answer;
    return Response.json(definition);
  };
  assert.deepEqual(await failing(server), {
    code: 3,
    message: `${NAME} is being deleted, and the server is not done with it after a minute: ` +
      `see how far it is with kubectl describe crd ${NAME}.`,
  });
});

Deno.test("crd uninstall ends with 3 and one sentence for somebody who may not, and nothing is gone", async () => {
  await using server = await installed(SOME);
  const refusal = { code: 403, reason: "Forbidden", message: "jane cannot delete crds" };
  server.cluster.fault = refusing(refusal, ({ verb }) => verb === "delete");
  const { code, stderr } = await captured("crd", "uninstall", "--yes", "--kubeconfig", server.kubeconfig);
  assert.equal(code, 3);
  assert.equal(
    stderr,
    `error: Not allowed to uninstall ${NAME}: jane cannot delete crds. Ask who runs the cluster. ${WHERE}\n`,
  );
  assert.equal(await isInstalled(server), true);
});

for (
  const [input, code, words] of [
    ["yes\r", 0, `${NAME} is gone ${WHERE}`],
    ["y\r", 1, "error: Nothing was changed."],
    ["\x04", 1, "error: Nothing was changed."],
  ] as const
) {
  Deno.test({
    name: `crd uninstall on a terminal asks, and takes ${JSON.stringify(input)} for ${
      code === 0 ? "yes" : "no"
    }`,
    ignore: NO_TERMINAL,
    async fn() {
      await using server = await installed(SOME);
      const prompt = "This cannot be undone. Type yes: ";
      const args = ["crd", "uninstall", "--kubeconfig", server.kubeconfig];
      const ended = await onTerminal(args, { prompt, input });
      assert.equal(ended.code, code, ended.shown);
      assert(ended.shown.includes(words), ended.shown);
      assert.equal(await isInstalled(server), code !== 0);
    },
  });
}
