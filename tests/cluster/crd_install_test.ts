// `crd install` and `crd generate` on a real API server, and the checked-in description of its API.

import assert from "node:assert/strict";
import { openApiFrom } from "../../tools/generate/from_server.ts";
import { startControlPlane } from "./control_plane.ts";
import { runProgram } from "./operator_process.ts";
import { installCrd } from "./policies.ts";

const NAME = "devopspolicies.devops.stochastic.io";

Deno.test("crd install creates the definition, skips it when it is current, and upgrades it only when asked", async () => {
  await using cluster = await startControlPlane();
  const install = (...args: string[]) =>
    runProgram(["crd", "install", "--kubeconfig", cluster.kubeconfig, ...args]);

  const first = await install();
  assert.deepEqual(first, { code: 0, stdout: `${NAME} created (context "test")\n`, stderr: "" });
  // Established: the very next request is served.
  assert.equal((await cluster.kubectl(["get", "dop", "-A"])).stderr, "No resources found\n");

  const second = await install();
  assert.deepEqual(second, {
    code: 0,
    stdout: `${NAME} is already installed and current (context "test")\n`,
    stderr: "",
  });

  await cluster.kubectl([
    "patch",
    "crd",
    NAME,
    "--type=json",
    "-p",
    JSON.stringify([
      { op: "remove", path: "/spec/names/shortNames" },
      { op: "replace", path: "/spec/versions/0/additionalPrinterColumns/0/name", value: "Points" },
    ]),
  ]);
  const differing = await install();
  assert.equal(differing.code, 0);
  assert.match(
    differing.stdout,
    /is already installed but differs in spec\.names\.shortNames, spec\.versions\[0\]\.additionalPrinterColumns\[0\]\.name/,
  );
  assert.match(differing.stderr, /--upgrade/);

  const upgraded = await install("--upgrade");
  assert.equal(upgraded.code, 0);
  assert.match(upgraded.stdout, /updated in spec\.names\.shortNames/);
  assert.match((await install()).stdout, /already installed and current/);
  assert.equal((await cluster.kubectl(["get", "devops", "-A"])).code, 0, "the category is known");
  assert.doesNotMatch((await cluster.kubectl(["get", "all", "-A", "-v=0"])).stderr, /devopspolicies/);
});

Deno.test("what crd generate prints is accepted by kubectl, and its bounds and nulls hold", async () => {
  await using cluster = await startControlPlane();
  const { stdout } = await runProgram(["crd", "generate"]);
  assert.equal((await cluster.kubectl(["apply", "-f", "-"], { stdin: stdout })).code, 0);
  await cluster.kubectl(["wait", "--for=condition=Established", `crd/${NAME}`, "--timeout=20s"]);
  const apply = (spec: unknown) =>
    cluster.kubectl(["apply", "--server-side", "-f", "-"], {
      stdin: JSON.stringify({
        apiVersion: "devops.stochastic.io/v1",
        kind: "DevOpsPolicy",
        metadata: { name: "bounds", namespace: "default" },
        spec,
      }),
    });
  const accepted = [
    {},
    { forbidLatestTag: null, maxRestartCount: null },
    { maxRestartCount: 0, forbidPendingDuration: 0 },
    { maxRestartCount: 2_147_483_647, forbidPendingDuration: Number.MAX_SAFE_INTEGER },
  ];
  for (const spec of accepted) assert.equal((await apply(spec)).code, 0, JSON.stringify(spec));
  const refused = [
    { maxRestartCount: -1 },
    { maxRestartCount: 2_147_483_648 },
    { forbidPendingDuration: -1 },
    { forbidLatestTag: "yes" },
    { maxRestartCount: 1.5 },
  ];
  for (const spec of refused) assert.notEqual((await apply(spec)).code, 0, JSON.stringify(spec));
});

Deno.test("the checked-in OpenAPI document is what a real API server with our definition says", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const read = async (path: string) => {
    const response = await cluster.request("GET", path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  const checkedIn = await Deno.readTextFile(
    new URL("../../lib/kube/generated/openapi.json", import.meta.url),
  );
  // The server publishes a new resource a moment after it serves it.
  let actual: unknown;
  for (let tries = 0; tries < 50 && actual === undefined; tries++) {
    actual = await openApiFrom(read).catch(() =>
      new Promise((resolve) => setTimeout(() => resolve(undefined), 200))
    );
  }
  assert.deepEqual(
    actual,
    JSON.parse(checkedIn),
    "run `deno task generate --from-server` and commit the result",
  );
});
