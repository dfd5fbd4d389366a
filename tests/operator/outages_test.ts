/** Outages, whole or in part: what the operator writes, what it says of itself, and how soon it is back. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../lib/api/errors.ts";
import { Line } from "../../lib/api/line.ts";
import type { Cluster, ListWatch, PolicyClient } from "../../lib/api/ports.ts";
import { PASS } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT } from "../support/scrape.ts";

const REFUSED = new ConnectionError("refused", "connection refused");
const SILENT = new ConnectionError("timeout", "no answer within 10 s");

/** An operator with a policy, of whose way to the cluster parts can be broken; `tries` are the calls that met that. */
async function startBreakable() {
  const broken = { watches: false, calls: false };
  const line = new Line();
  const tries: string[] = [];
  const unlessBroken = <T>(source: ListWatch<T>): ListWatch<T> => ({
    list: (options, signal) => broken.watches ? Promise.reject(REFUSED) : source.list(options, signal),
    watch: (options, signal) => broken.watches ? Promise.reject(REFUSED) : source.watch(options, signal),
  });
  const call = async <T>(what: string, make: () => Promise<T>): Promise<T> => {
    if (!broken.calls) return await make();
    tries.push(what);
    line.sent()(false);
    throw SILENT;
  };
  const client = (inner: PolicyClient): PolicyClient => ({
    get: (ref, signal) => call("get", () => inner.get(ref, signal)),
    probe: (ref, signal) => call("probe", () => inner.probe(ref, signal)),
    patch: (ref, operations, signal) => call("patch", () => inner.patch(ref, operations, signal)),
    patchStatus: (ref, change, signal) => call("patchStatus", () => inner.patchStatus(ref, change, signal)),
  });
  const through = (cluster: Cluster): Cluster => ({
    ...cluster,
    policies: (options) => unlessBroken(cluster.policies(options)),
    pods: (options) => unlessBroken(cluster.pods(options)),
    client: client(cluster.client),
    line,
  });
  const operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }), {
    through,
    ...ON_A_FREE_PORT,
  });
  operator.newWrites();
  const breakWatches = () => {
    broken.watches = true;
    operator.cluster.endWatches("pods");
    operator.cluster.endWatches("devopspolicies");
  };
  return Object.assign(operator, { broken, tries, breakWatches });
}

const UNAVAILABLE = "Unknown/PodsUnavailable";
const WEB = pod("web").container("app", { image: "app" });

Deno.test("runOperator() writes nothing in an outage, and what has changed once somebody answers", async () => {
  await using operator = await startBreakable();
  const { cluster, clock, broken, tries } = operator;
  operator.breakWatches();
  broken.calls = true;
  await clock.advance(600_000);
  await cluster.putPod(WEB);
  assert.deepEqual(operator.newWrites(), [], "not even a heartbeat");
  assert.deepEqual(new Set(tries), new Set(["probe"]), "nor is one tried");
  assert(tries.length <= 20, `${tries.length} probes in ten minutes`);
  assert.equal((await get(operator, "/healthz")).status, 200, "who waits for the network is not stuck");
  Object.assign(broken, { watches: false, calls: false });
  await clock.advance(57_000);
  assert.equal(operator.newWrites().at(-1), "1 violations across 1 pods — Healthy (95)");
});

Deno.test("runOperator() says that it cannot see the pods where short calls get through and no watch does", async () => {
  await using operator = await startBreakable();
  const { cluster, clock, broken } = operator;
  operator.breakWatches();
  await cluster.putPod(WEB);
  await clock.advance(120_000);
  assert.equal(await operator.condition("Ready"), UNAVAILABLE);
  assert.equal((await get(operator, "/readyz")).status, 503);
  broken.watches = false;
  await clock.advance(57_000);
  assert.equal(await operator.condition("Ready"), "True/Evaluated");
  assert.equal(await operator.score(), 95);
  assert.equal((await get(operator, "/readyz")).status, 200);
});

Deno.test("runOperator() begins no write after one that nobody answered, before somebody answers another call", async () => {
  await using operator = await startBreakable();
  const { cluster, clock, broken, tries } = operator;
  for (const name of ["a", "b", "c"]) await cluster.putPolicy({ name, spec: ALL_CHECKS });
  await clock.advance(1_000);
  operator.newWrites();
  broken.calls = true;
  // The watches are silent, which is legal, and tell of one more thing before that.
  await cluster.putPolicy({ name: "d", spec: ALL_CHECKS });
  await clock.advance(40_000);
  assert.equal(tries.filter((what) => what !== "probe").length, 1, `${tries}`);
  assert.deepEqual(operator.newWrites(), []);
  broken.calls = false;
  await clock.advance(45_000);
  assert.equal(await operator.score("d"), 100);
});

Deno.test("runOperator() writes within seconds what a blip has kept it from writing", async () => {
  await using operator = await startBreakable();
  const { cluster, clock, broken } = operator;
  await clock.advance(1_000);
  broken.calls = true;
  // One change: a second one would bring the policy back by itself.
  await cluster.createPod(WEB);
  await clock.advance(3_000);
  assert.deepEqual(operator.warnings().slice(-1), ["reconcile failed, trying again"]);
  broken.calls = false;
  await clock.advance(5_000);
  assert.equal(await operator.score(), 95);
});

Deno.test("runOperator() says that it cannot see the pods when every watch is closed before it tells anything", async () => {
  await using operator = await startOperator(
    (cluster) => cluster.putPolicy({ spec: ALL_CHECKS }),
    ON_A_FREE_PORT,
  );
  const { cluster, clock } = operator;
  cluster.fault = (call, next) =>
    call.resource === "pods" && call.verb === "watch"
      ? new Response(ReadableStream.from([]), { headers: { "content-type": "application/json" } })
      : next();
  assert.equal(await operator.condition("Ready"), "True/Evaluated");
  cluster.endWatches("pods");
  await clock.advance(120_000);
  assert.equal(await operator.condition("Ready"), UNAVAILABLE);
  assert.deepEqual(await get(operator, "/readyz"), { status: 503, text: "waiting for pods\n" });
  cluster.fault = PASS;
  await clock.advance(57_000);
  assert.equal((await get(operator, "/readyz")).status, 200);
  await clock.advance(30_000);
  assert.equal(await operator.condition("Ready"), "True/Evaluated");
});
