/** What a running operator counts and serves: reconciles, writes, watches, and what cannot be read. */

import assert from "node:assert/strict";
import { sleep } from "../../lib/api/clock.ts";
import { retelling } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, type RunningOperator, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith, valueOf } from "../support/scrape.ts";

/** The values of the metrics in `lines`, now. */
async function values(operator: RunningOperator, ...lines: readonly string[]): Promise<number[]> {
  const { text } = await get(operator, "/metrics");
  return lines.map((line) => valueOf(text, `devopspolicy_${line}`));
}

Deno.test("runOperator() counts reconciles and the statuses that it writes, by why", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app"));
    await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: [FINALIZER] });
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  await clock.advance(60_000);
  const lines = [
    'status_writes_total{reason="changed"}',
    'status_writes_total{reason="refresh"}',
    "reconcile_total",
    "reconcile_errors_total",
    "reconcile_duration_seconds_count",
    "queue_wait_seconds_count",
    "queue_depth",
  ];
  // At the start, after the pod, and two heartbeats.
  assert.deepEqual(await values(operator, ...lines), [2, 2, 4, 0, 4, 4, 0]);
});

Deno.test("runOperator() reconciles the policies of a pod's namespace alone, and only for what a check sees", async () => {
  await using operator = await startOperator(async (cluster) => {
    for (const name of ["a", "b"]) await cluster.putPolicy({ name, finalizers: [FINALIZER] });
    await cluster.putPolicy({ namespace: "staging", finalizers: [FINALIZER] });
    await cluster.putPod(pod("web").container("app"));
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  assert.deepEqual(await values(operator, "reconcile_total"), [3]);
  const annotations = { seen: "yes" };
  await cluster.send("PATCH", "/api/v1/namespaces/production/pods/web", { metadata: { annotations } });
  await clock.advance(1_000);
  assert.deepEqual(await values(operator, "reconcile_total"), [3], "no check reads annotations");
  await cluster.putPod(pod("web").container("app", { restarts: 1 }));
  await clock.advance(1_000);
  assert.deepEqual(await values(operator, "reconcile_total"), [5]);
});

Deno.test("runOperator() measures how long a reconcile takes and a policy waits", async () => {
  const names = Array.from({ length: 17 }, (_, i) => `policy-${i}`);
  await using operator = await startOperator(async (cluster, clock) => {
    for (const name of names) await cluster.putPolicy({ name, finalizers: [FINALIZER] });
    cluster.fault = async ({ verb }, next) => {
      if (verb === "patchStatus") await sleep(clock, 2_000, new AbortController().signal);
      return await next();
    };
  }, ON_A_FREE_PORT);
  assert.deepEqual(await values(operator, "queue_depth"), [1], "there are sixteen workers");
  await operator.clock.advance(4_000);
  const [durations, waits] = await values(
    operator,
    "reconcile_duration_seconds_sum",
    "queue_wait_seconds_sum",
  );
  assert.equal(durations, 17 * 2);
  assert.equal(waits, 2, "the seventeenth waits for a worker");
});

Deno.test("runOperator() counts watches that broke, and objects that cannot be read, by resource", async () => {
  await using operator = await startOperator((cluster) => {
    // An object without a name, which no server shows: two among the pods, and one among the policies.
    const nameless = `{"type":"ADDED","object":{}}`;
    cluster.fault = retelling((line, { resource }) => {
      if (!line.includes(`"BOOKMARK"`)) return [line];
      return resource === "pods" ? [nameless, nameless, line] : [nameless, line];
    });
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  cluster.endWatches("pods", "broken");
  await clock.advance(40_000);
  const lines = [
    'watch_restarts_total{resource="pods",cause="connection_reset"}',
    'unreadable_objects_total{resource="pods"}',
    'unreadable_objects_total{resource="devopspolicies"}',
  ];
  assert.deepEqual(await values(operator, ...lines), [1, 2, 1]);
});

Deno.test("runOperator() serves the figures of each policy, its checks one by one", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app", restarts: 4 }));
    await cluster.putPolicy({ spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  const { text } = await get(operator, "/metrics");
  const labels = 'namespace="production",policy="strict"';
  assert.deepEqual(seriesWith(text, "policy", "strict").sort(), [
    `devopspolicy_check_violations{${labels},check="high_restarts"} 1`,
    `devopspolicy_check_violations{${labels},check="latest_tag"} 1`,
    `devopspolicy_check_violations{${labels},check="missing_liveness"} 0`,
    `devopspolicy_check_violations{${labels},check="missing_readiness"} 0`,
    `devopspolicy_check_violations{${labels},check="pending"} 0`,
    `devopspolicy_health_score{${labels}} 71`,
    `devopspolicy_pods{${labels}} 1`,
    `devopspolicy_unevaluable_pods{${labels}} 0`,
    `devopspolicy_violations_total{${labels}} 2`,
  ]);
  assert.equal(valueOf(text, 'devopspolicy_build_info{version="0.0.0-test"}'), 1);
});

Deno.test("runOperator() serves the score of a policy in a system namespace, which is over no pods", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").inNamespace("kube-system").container("app", { image: "app" }));
    await cluster.putPolicy({ namespace: "kube-system", spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  const labels = '{namespace="kube-system",policy="strict"}';
  assert.deepEqual(await values(operator, `health_score${labels}`, `pods${labels}`), [100, 0]);
});
