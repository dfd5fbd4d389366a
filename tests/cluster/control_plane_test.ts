// Proves the harness: a real control plane starts, serves, survives a restart, and leaves nothing behind.

import assert from "node:assert/strict";
import { findBinaries } from "./binaries.ts";
import { startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import {
  createNamespace,
  createPod,
  createServiceAccountToken,
  deletePod,
  listRequests,
  setPodStatus,
} from "./fixtures.ts";

Deno.test("startControlPlane() is ready, and kubectl sees the default namespace", async () => {
  await using cluster = await startControlPlane();
  const { code, stdout, stderr } = await cluster.kubectl(["get", "namespaces", "--output=name"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^namespace\/default$/m);
  const applied = await cluster.kubectl(["apply", "--filename=-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "from-stdin" } }),
  });
  assert.equal(applied.stdout, "namespace/from-stdin created\n");
  assert.notEqual((await cluster.kubectl(["get", "namespace", "absent"])).code, 0);
});

Deno.test("a control plane keeps its objects and its address when the API server stops, or crashes, and starts", async () => {
  await using cluster = await startControlPlane();
  await createNamespace(cluster, "kept");
  const { apiServer } = cluster.pids;
  for (const end of [cluster.stopApiServer, cluster.killApiServer]) {
    await end();
    assert.equal(cluster.pids.apiServer, undefined);
    await assert.rejects(cluster.request("GET", "/readyz"), TypeError);
    await cluster.startApiServer();
    const response = await cluster.request("GET", "/api/v1/namespaces/kept");
    assert.equal((await response.json()).metadata.name, "kept");
  }
  assert.notEqual(cluster.pids.apiServer, apiServer);
});

Deno.test("a pod can be created, given a status and deleted, and only lists count as lists", async () => {
  await using cluster = await startControlPlane();
  await createNamespace(cluster, "shop");
  const pod = await createPod(cluster, "shop", "web", { metadata: { labels: { app: "web" } } });
  assert.deepEqual(pod.metadata["labels"], { app: "web" });
  const state = { running: { startedAt: "2026-01-01T00:00:00Z" } };
  const app = {
    name: "app",
    image: "app:1.0",
    imageID: "",
    ready: true,
    restartCount: 7,
    state,
    lastState: {},
  };
  const status = { phase: "Running", containerStatuses: [app] };
  const changed = await setPodStatus(cluster, "shop", "web", status);
  assert.equal(changed.status?.["phase"], "Running");
  assert.deepEqual(changed.status?.["containerStatuses"], [app]);

  const before = await listRequests(cluster, "pods");
  const list = await cluster.request("GET", "/api/v1/namespaces/shop/pods");
  assert.equal((await list.json()).items.length, 1);
  assert.equal(await listRequests(cluster, "pods") - before, 1);
  assert.ok(await listRequests(cluster) > before);

  await deletePod(cluster, "shop", "web");
  const gone = await cluster.request("GET", "/api/v1/namespaces/shop/pods/web");
  await gone.body?.cancel();
  assert.equal(gone.status, 404);
});

Deno.test("client certificates and service account tokens authenticate as whom they name", async () => {
  await using cluster = await startControlPlane();
  const trust = { caCerts: [cluster.caPem], http2: false };
  async function whoAmI(client: Deno.HttpClient, headers: Record<string, string> = {}) {
    const response = await fetch(`${cluster.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      client,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }),
    });
    return (await response.json()).status?.userInfo;
  }
  const { certPem, keyPem } = cluster.clientCertificate("jane", ["auditors", "readers"]);
  using certified = Deno.createHttpClient({ ...trust, cert: certPem, key: keyPem });
  const jane = await whoAmI(certified);
  assert.equal(jane.username, "jane");
  assert.deepEqual(jane.groups, ["auditors", "readers", "system:authenticated"]);

  await createServiceAccountToken(cluster, "default", "operator");
  const again = await createServiceAccountToken(cluster, "default", "operator");
  using plain = Deno.createHttpClient(trust);
  const operator = await whoAmI(plain, { authorization: `Bearer ${again}` });
  assert.equal(operator.username, "system:serviceaccount:default:operator");
  assert.equal(await whoAmI(plain, { authorization: "Bearer wrong" }), undefined);
});

Deno.test("a control plane that is disposed of leaves no process and no folder", async () => {
  const cluster = await startControlPlane();
  const { pids: { etcd, apiServer }, dir } = cluster;
  assert.ok(isRunning(etcd) && apiServer !== undefined && isRunning(apiServer));
  await cluster[Symbol.asyncDispose]();
  assert.ok(!isRunning(etcd) && !isRunning(apiServer));
  await assert.rejects(Deno.stat(dir), Deno.errors.NotFound);
});

Deno.test("a control plane that cannot start says why, with the server's own words", async () => {
  const start = startControlPlane({ apiServerArgs: ["--no-such-flag"] });
  await assert.rejects(
    start,
    /^Error: Cannot start kube-apiserver: it ended\.[^]*unknown flag: --no-such-flag/,
  );
});

Deno.test({
  name: "servers that were built here end when the test process is killed",
  ignore: Deno.env.has("KUBEBUILDER_ASSETS"), // ready-made executables do not watch the test process
  async fn() {
    await findBinaries();
    const { etcd, apiServer, dir } = await startInProcessAndKillIt();
    await eventually(() => !isRunning(etcd) && !isRunning(apiServer), { what: "both have ended" });
    await Deno.remove(dir, { recursive: true });
  },
});

/** Has another Deno process start a control plane, and kills that process as soon as it says it is ready. */
async function startInProcessAndKillIt(): Promise<{ etcd: number; apiServer: number; dir: string }> {
  const script = `
    import { startControlPlane } from ${JSON.stringify(import.meta.resolve("./control_plane.ts"))};
    const { pids, dir } = await startControlPlane();
    console.log(JSON.stringify({ ...pids, dir }));
    setTimeout(() => {}, 60_000);`;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  process.kill("SIGKILL");
  await process.status;
  await reader.cancel();
  return JSON.parse(value);
}

function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT"); // harmless to a process that runs; Deno has no signal 0
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
