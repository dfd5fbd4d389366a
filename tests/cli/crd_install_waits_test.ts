/** How `crd install` waits: for a definition to go, to be established, to be served, and not for ever. */

import assert from "node:assert/strict";
import { crdInstall } from "../../lib/cli/crd_install.ts";
import { altering, refusing } from "../support/faults.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { SandboxCluster } from "../support/sandbox_cluster.ts";
import { install, readsDefinition, startReachable } from "./harness.ts";

const NAME = "devopspolicies.devops.stochastic.io";
const WHERE = '(context "test")';

/** Installs the definition and has it deleted, which a policy with somebody's finalizer holds up. */
async function startDeletion(cluster: SandboxCluster): Promise<void> {
  await cluster.install();
  await cluster.putPolicy({ finalizers: ["example.com/held"] });
  await cluster.deleteDefinition();
}

Deno.test("crd install waits for a definition that is being deleted to go, and creates it anew", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await startDeletion(cluster);
  let reads = 0;
  cluster.fault = async (call, next) => {
    if (readsDefinition(call) && ++reads === 3) await cluster.putPolicy({ finalizers: [] });
    return await next();
  };
  const { code, stdout, verbs } = await install(server);
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} created ${WHERE}\n`);
  assert.deepEqual(verbs, ["get", "get", "get", "create", "get", "list"]);
});

Deno.test("crd install takes a definition that somebody created a moment sooner for installed", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  cluster.fault = async ({ verb }, next) => {
    if (verb === "create") await cluster.install();
    return await next();
  };
  const { code, stdout, stderr } = await install(server);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.equal(stdout, `${NAME} is already installed and current ${WHERE}\n`);
});

for (const what of ["a new", "a current"]) {
  Deno.test(`crd install waits until the policies of ${what} definition are served`, async () => {
    await using server = await startReachable();
    const { cluster } = server;
    if (what === "a current") await cluster.install();
    let asked = 0;
    const message = "storage is (re)initializing";
    cluster.fault = refusing(
      { code: 429, reason: "TooManyRequests", message },
      ({ resource }) => resource === "devopspolicies" && ++asked < 3,
    );
    const { code, stderr } = await install(server);
    assert.deepEqual({ code, stderr, asked }, { code: 0, stderr: "", asked: 3 });
  });
}

/** The definition as a server shows it that is not yet done with it. */
const unestablished = (crd: object) => ({ ...crd, status: { conditions: [] } });

Deno.test("crd install waits until a current definition is established", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install();
  let reads = 0;
  cluster.fault = altering((call) => readsDefinition(call) && ++reads < 4, unestablished);
  const { code, verbs } = await install(server);
  assert.equal(code, 0);
  assert.deepEqual(verbs, ["get", "get", "get", "get", "list"]);
});

for (
  const [what, setUp, words] of [
    [
      "a definition that does not go",
      startDeletion,
      /is being deleted and was not gone within 30 s: see what/,
    ],
    [
      "a definition that is never established",
      async (cluster: SandboxCluster) => {
        await cluster.install();
        cluster.fault = altering(readsDefinition, unestablished);
      },
      /was not served within 30 s: look at its conditions with kubectl describe crd \S+\.$/,
    ],
  ] as const
) {
  Deno.test(`crd install gives up on ${what} after 30 seconds, with exit code 3`, async () => {
    await using server = await startReachable();
    const { cluster, kubeconfig } = server;
    await setUp(cluster);
    const clock = new InstantClock();
    await assert.rejects(crdInstall({ kubeconfig }, clock), (error: Error) => {
      assert.match(error.message, words);
      assert.equal(Reflect.get(error, "exitCode"), 3);
      return true;
    });
    assert.equal(clock.monotonic(), 30_000);
    assert(cluster.calls.every(({ verb }) => verb === "get"));
  });
}
