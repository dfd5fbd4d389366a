/** Health of a whole operator: what makes it not ready, what makes it stuck, and what its metrics say of that. */

import assert from "node:assert/strict";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, type RunningOperator, startOperator } from "../support/running_operator.ts";
import type { SandboxCluster } from "../support/sandbox_cluster.ts";
import { get, ON_A_FREE_PORT, valueOf } from "../support/scrape.ts";

async function setUp(cluster: SandboxCluster): Promise<void> {
  await cluster.putPod(pod("web").container("app"));
  await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: [FINALIZER] });
}

/** What a probe is told, on one line. */
async function probe(operator: RunningOperator, path: "/healthz" | "/readyz"): Promise<string> {
  const { status, text } = await get(operator, path);
  return `${status} ${text.trim()}`;
}

async function ages(operator: RunningOperator): Promise<number[]> {
  const { text } = await get(operator, "/metrics");
  return ["pods", "devopspolicies"].map((resource) =>
    valueOf(text, `devopspolicy_last_event_age_seconds{resource="${resource}"}`)
  );
}

Deno.test("a cluster in which nothing happens for ten minutes is watched without a restart, and the operator ready", async () => {
  await using operator = await startOperator(setUp, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  for (let i = 0; i < 60; i++) {
    await clock.advance(10_000);
    assert.equal(await probe(operator, "/readyz"), "200 ok");
    for (const age of await ages(operator)) assert(age <= 46, `${age} s`);
  }
  const { text } = await get(operator, "/metrics");
  for (const name of ["watch_restarts", "relists"]) {
    // The servers' own time limits are all that ends a watch here.
    const counted = text.split("\n").filter((line) => line.startsWith(`devopspolicy_${name}_total{`));
    assert.deepEqual(counted.filter((line) => !line.includes('cause="closed"')), []);
  }
  assert.equal(cluster.reads("pods").filter(({ verb }) => verb === "list").length, 0);
});

Deno.test("an operator that cannot open a watch is not ready, says since when, and is ready again with the first", async () => {
  await using operator = await startOperator(setUp, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.fault = ({ resource, verb }, next) =>
    resource === "pods" && verb === "watch" ? new Response("busy", { status: 503 }) : next();
  cluster.endWatches("pods");
  await clock.advance(50_000);
  assert.equal(await probe(operator, "/readyz"), "200 ok");
  await clock.advance(90_000);
  assert.match(await probe(operator, "/readyz"), /^503 waiting for pods, last heard of 14\d s ago,$/);
  assert.equal(await probe(operator, "/healthz"), "200 ok");
  const [pods, policies] = await ages(operator);
  assert(pods! > 120 && policies! < 46, `${pods}, ${policies}`);
  cluster.fault = (_call, next) => next();
  await clock.advance(60_000);
  assert.equal(await probe(operator, "/readyz"), "200 ok");
});

Deno.test("an operator whose watches are accepted and broken off at once is not ready after two minutes", async () => {
  await using operator = await startOperator(setUp, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code: 500, message: "no leader" };
  cluster.fault = ({ resource, verb }, next) =>
    resource === "pods" && verb === "watch"
      ? new Response(`${JSON.stringify({ type: "ERROR", object: status })}\n`)
      : next();
  cluster.endWatches("pods");
  await clock.advance(130_000);
  assert.match(await probe(operator, "/readyz"), /^503 waiting for pods, last heard of 13\d s ago,$/);
  assert.equal(await operator.condition("Ready"), "Unknown/PodsUnavailable");
  cluster.fault = (_call, next) => next();
  await clock.advance(110_000);
  assert.equal(await probe(operator, "/readyz"), "200 ok");
  assert.equal(await operator.condition("Ready"), "True/Evaluated");
});

Deno.test("a reconcile that does not end when its time is over makes the operator unhealthy, until it does", async () => {
  const gate = Promise.withResolvers<DevOpsPolicy>();
  await using operator = await startOperator(setUp, {
    ...ON_A_FREE_PORT,
    through: (cluster) => ({ ...cluster, client: { ...cluster.client, patchStatus: () => gate.promise } }),
  });
  const { clock } = operator;
  await clock.advance(300_000);
  assert.equal(await probe(operator, "/healthz"), "200 ok");
  await clock.advance(1_000);
  assert.equal(
    await probe(operator, "/healthz"),
    "503 stuck: the reconcile of production/strict has been under way for 301 s",
  );
  assert.equal(await probe(operator, "/readyz"), "200 ok");
  gate.reject(new Error("at last"));
  await clock.advance(0);
  assert.equal(await probe(operator, "/healthz"), "200 ok");
});

Deno.test("a reconcile that ends when its time is over is a failure like others, told and tried again", async () => {
  await using operator = await startOperator(setUp, {
    ...ON_A_FREE_PORT,
    through: (cluster) => ({
      ...cluster,
      client: {
        ...cluster.client,
        patchStatus: (_ref, _change, signal) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      },
    }),
  });
  await operator.clock.advance(600_000);
  assert.equal(await probe(operator, "/healthz"), "200 ok");
  const failures = operator.log.filter(({ message }) => message === "reconcile failed, trying again");
  assert.equal(failures.length, 2);
  assert.equal(failures[0]?.properties.kind, "connection_timeout");
  operator.abort();
  await operator.clock.advance(8_000);
  await operator.ended;
});

Deno.test("an outage makes the operator wait, and never unhealthy", async () => {
  await using operator = await startOperator(setUp, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  cluster.isCutOff = true;
  for (const resource of ["pods", "devopspolicies"]) cluster.endWatches(resource, "broken");
  for (let i = 0; i < 10; i++) {
    await clock.advance(60_000);
    assert.equal(await probe(operator, "/healthz"), "200 ok");
  }
  assert.match(
    await probe(operator, "/readyz"),
    /^503 waiting for devopspolicies, last heard of \d+ s ago, and pods, last heard of \d+ s ago,$/,
  );
  cluster.isCutOff = false;
  await clock.advance(60_000);
  assert.equal(await probe(operator, "/readyz"), "200 ok");
});

Deno.test("writes that are not made, and those that are refused, are counted", async () => {
  await using operator = await startOperator(async (cluster) => {
    for (let i = 0; i < 100; i++) await cluster.putPolicy({ name: `policy-${i}`, finalizers: [FINALIZER] });
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  const value = async (line: string) =>
    valueOf((await get(operator, "/metrics")).text, `devopspolicy_${line}`);
  await clock.advance(1_000);
  await cluster.putPolicy({ name: "policy-0", finalizers: [FINALIZER, "other.example.com/hold"] });
  await clock.advance(1_000);
  assert.equal(await value('status_writes_suppressed_total{reason="unchanged"}'), 1);
  // All but that one have their heartbeat now: one has its turn at once, the others later.
  await clock.advance(28_000);
  assert.equal(await value('status_writes_suppressed_total{reason="waiting"}'), 98);
  assert.equal(await value("write_conflicts_total"), 0);
  let isFirst = true;
  cluster.fault = async ({ verb, name }, next) => {
    if (verb === "patchStatus" && isFirst) {
      isFirst = false;
      await cluster.putPolicy({ name, finalizers: [FINALIZER, "other.example.com/late"] });
    }
    return await next();
  };
  await clock.advance(5_000);
  assert.equal(await value("write_conflicts_total"), 1);
});

Deno.test("a collection that is read again is counted with its cause", async () => {
  await using operator = await startOperator(setUp, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  let isFirst = true;
  const status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code: 410,
    reason: "Expired",
    message: "",
  };
  cluster.fault = ({ resource, verb }, next) => {
    if (resource !== "pods" || verb !== "watch" || !isFirst) return next();
    isFirst = false;
    return new Response(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
  };
  cluster.endWatches("pods");
  await clock.advance(1_000);
  const { text } = await get(operator, "/metrics");
  assert.equal(valueOf(text, 'devopspolicy_relists_total{resource="pods",cause="gone"}'), 1);
  assert(!text.includes('devopspolicy_relists_total{resource="devopspolicies"'));
  assert.equal(await probe(operator, "/readyz"), "200 ok");
});
