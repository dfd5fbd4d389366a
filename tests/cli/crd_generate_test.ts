/** `crd generate` as a process: the checked-in file to the byte, quickly, with no permissions, and nothing of a cluster loaded. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import { policyCrd } from "../../lib/policy/crd.ts";
import { fromSource } from "../support/launch.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { run } from "../support/program.ts";

const CRD = new URL("../../crds/devopspolicies.yaml", import.meta.url);
const ROOT = new URL("../../", import.meta.url);

Deno.test("crd generate prints crds/devopspolicies.yaml to the byte, with no permissions, within a second", async () => {
  const times: number[] = [];
  do {
    const { code, stdout, stderr, ms } = await run(["crd", "generate"], fromSource([]));
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.equal(stdout, await Deno.readTextFile(CRD));
    times.push(Math.round(ms));
    // A machine that is busy with other tests gets another try.
  } while (Math.min(...times) >= 1_000 && times.length < 5);
  console.log(`crd generate took ${times.join(", ")} ms`);
  assert(Math.min(...times) < 1_000);
});

Deno.test("what crd generate prints is what the schemas say", async () => {
  const { stdout } = await run(["crd", "generate"], fromSource([]));
  assert.deepEqual(parse(stdout, { version: "1.1" }), policyCrd());
  assert.match(stdout, /[^\n]\n$/);
});

for (
  const [reader, expected] of [["head -n 1", "apiVersion: apiextensions.k8s.io/v1\n"], ["true", ""]] as const
) {
  Deno.test(`crd generate | ${reader} is no error, although the pipe closes early`, async () => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `set -o pipefail; "$0" run --no-prompt main.ts crd generate | ${reader}`, Deno.execPath()],
      cwd: ROOT,
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.equal(new TextDecoder().decode(stdout), expected);
    assert.equal(code, 0);
  });
}

/** The modules that the engine compiled while the program ran with `args`, by its own log. */
async function modulesLoaded(...args: string[]): Promise<string[]> {
  const log = await Deno.makeTempFile();
  try {
    await run(
      args,
      fromSource(["-A", `--v8-flags=--log-function-events,--no-logfile-per-isolate,--logfile=${log}`]),
    );
    return [...(await Deno.readTextFile(log)).matchAll(/^script-details,\d+,([^,]+)/gm)].map(([, url = ""]) =>
      url
    );
  } finally {
    await Deno.remove(log);
  }
}

const OF_A_CLUSTER = [
  "/yaml/",
  "openapi-fetch",
  "prom-client",
  "logtape",
  "/lib/kube/",
  "/lib/operator/",
  "/lib/runtime/",
  "/lib/metrics/",
];

Deno.test("crd generate loads nothing that talks to a cluster", async () => {
  const modules = await modulesLoaded("crd", "generate");
  assert(modules.some((url) => url.endsWith("/lib/cli/crd_generate.ts")), "the log names what is loaded");
  for (const part of OF_A_CLUSTER) assert.deepEqual(modules.filter((url) => url.includes(part)), []);
});

/** The same of `reconcile` that finds its port taken as soon as it would serve. */
async function modulesOfReconcile(...flags: string[]): Promise<string[]> {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using folder = new KubeconfigFolder();
  const kubeconfig = folder.write("config", oneContext({ name: "test" }));
  const address = `127.0.0.1:${taken.addr.port}`;
  return await modulesLoaded("reconcile", "--kubeconfig", kubeconfig, "--metrics-addr", address, ...flags);
}

Deno.test("reconcile loads all of that, so that the engine's log would tell", async () => {
  const modules = await modulesOfReconcile();
  for (const part of OF_A_CLUSTER) assert(modules.some((url) => url.includes(part)), part);
});

const OF_A_LEADER = ["prom-client", "/lib/operator/run.ts", "/lib/policy/checks/", "/lib/kube/list_watch.ts"];

Deno.test("reconcile that stands for election loads nothing of what a leader alone needs", async () => {
  const modules = await modulesOfReconcile("--leader-elect", "--lease-namespace", "team");
  assert(modules.some((url) => url.endsWith("/lib/operator/stand_by.ts")));
  for (const part of OF_A_LEADER) assert.deepEqual(modules.filter((url) => url.includes(part)), []);
});
