// `crd install` and `crd generate` on a real API server, and the checked-in description of its API.

import assert from "node:assert/strict";
import { openApiFrom } from "../../tools/generate/from_server.ts";
import { startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { runProgram, startOperator } from "./operator_process.ts";
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

Deno.test("crd install waits for a definition that is being deleted, and creates it so that reconcile has nothing to warn of", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const policies = "/apis/devops.stochastic.io/v1/namespaces/default/devopspolicies";
  // A policy that somebody holds keeps its definition from going.
  const held = {
    apiVersion: "devops.stochastic.io/v1",
    kind: "DevOpsPolicy",
    metadata: { name: "held", finalizers: ["example.com/held"] },
    spec: {},
  };
  assert.equal((await cluster.request("POST", policies, held)).status, 201);
  assert.equal((await cluster.kubectl(["delete", "crd", NAME, "--wait=false"])).code, 0);

  /** How often a definition has been read, by anybody. */
  const reads = async () => {
    const metrics = await (await cluster.request("GET", "/metrics")).text();
    const counted =
      /^apiserver_request_total\{.*resource="customresourcedefinitions".*verb="GET".*\} (\d+)$/gm;
    return [...metrics.matchAll(counted)].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  const before = await reads();
  const installing = runProgram(["crd", "install", "--kubeconfig", cluster.kubeconfig]);
  await eventually(async () => await reads() >= before + 3, {
    what: "it looks again and again",
  });
  assert.equal(
    (await cluster.request("PATCH", `${policies}/held`, { metadata: { finalizers: null } })).status,
    200,
  );
  assert.deepEqual(await installing, { code: 0, stdout: `${NAME} created (context "test")\n`, stderr: "" });
  const served = await cluster.request("GET", "/apis/devops.stochastic.io/v1/devopspolicies?limit=1");
  assert.deepEqual([served.status, (await served.json()).items], [200, []]);

  await using operator = startOperator(cluster);
  await operator.ready();
  assert.deepEqual(operator.log.filter(({ level }) => level !== "INFO").map(({ message }) => message), []);
});

Deno.test("kubectl apply -f kube-tests/ works on a cluster that has nothing but the definition, and again", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const folder = new URL("../../kube-tests", import.meta.url).pathname;
  for (const words of [/^namespace\/production created$/m, /^pod\/compliant (unchanged|configured)$/m]) {
    const { code, stdout, stderr } = await cluster.kubectl(["apply", "-f", folder]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, words);
  }
  await eventually(async () => {
    const { stdout } = await cluster.kubectl(["get", "dop,pods", "-n", "production", "-o", "name"]);
    return stdout.trim().split("\n").length === 8;
  }, { what: "all the samples are there" });
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
  const isPublished = async () => (actual = await openApiFrom(read)) !== undefined;
  await eventually(isPublished, { within: 60_000, what: "the definition is published" });
  assert.deepEqual(
    actual,
    JSON.parse(checkedIn),
    "run `deno task generate --from-server` and commit the result",
  );
});
