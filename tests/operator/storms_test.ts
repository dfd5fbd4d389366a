/** Many changes at once: handled together when they come together, never lost, and never a flood of writes. */

import assert from "node:assert/strict";
import { sleep } from "../../lib/api/clock.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import type { SandboxCluster } from "../support/sandbox_cluster.ts";

const PODS = 60;

/** A pod that breaks one check. */
const breaking = (i: number) => pod(`web-${i}`).container("app", { image: "app" });

for (
  const [what, spacingMs, least, most] of [
    ["within 60 ms", 1, 2, 2],
    ["at the same moment", 0, 1, 2],
    ["400 ms apart", 400, PODS, PODS],
  ] as const
) {
  const writes = least === most ? `${most}` : `${least} to ${most}`;
  Deno.test(`runOperator() writes the status of ${PODS} pod changes ${what} in ${writes} writes`, async () => {
    await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
    const { cluster, clock } = operator;
    await clock.advance(30_500);
    operator.newWrites();
    for (let i = 0; i < PODS; i++) {
      await cluster.putPod(breaking(i));
      await clock.advance(spacingMs);
    }
    await clock.advance(200);
    const written = operator.newWrites();
    assert(written.length >= least && written.length <= most, `${written.length} writes`);
    assert.equal(written.at(-1), `${PODS} violations across ${PODS} pods — Healthy (95)`);
  });
}

Deno.test("runOperator() handles the first change after quiet at once and the next 100 ms later", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  operator.newWrites();
  await cluster.putPod(breaking(0));
  await clock.advance(0);
  assert.equal(operator.newWrites().length, 1);
  await cluster.putPod(breaking(1));
  await clock.advance(99);
  assert.equal(operator.newWrites().length, 0);
  await clock.advance(1);
  assert.equal(operator.newWrites().length, 1);
});

/** More than 20 refreshes a second can keep fresh every five seconds. */
const POLICIES = 120;
const EVERY_5_S = { requeueMs: 5_000 };

/** Creates a policy in each of that many namespaces. */
async function putPolicies(cluster: SandboxCluster, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await cluster.putPolicy({ namespace: `team-${i}`, spec: ALL_CHECKS });
}

Deno.test(`runOperator() refreshes ${POLICIES} policies at 20 a second, while changes do not wait`, async () => {
  await using operator = await startOperator((cluster) => putPolicies(cluster, POLICIES), EVERY_5_S);
  const { cluster, clock } = operator;
  await clock.advance(4_000);
  assert.equal(operator.newWrites().length, POLICIES, "every status is new, and new ones never wait");
  const perSecond: number[] = [];
  for (let second = 0; second < 20; second++) {
    await clock.advance(1_000);
    perSecond.push(operator.newWrites().length);
  }
  assert(Math.max(...perSecond) <= 20, `up to ${Math.max(...perSecond)} a second`);
  assert(perSecond.slice(2).every((count) => count === 20), `${perSecond}`);
  await cluster.putPod(breaking(0).inNamespace("team-119"));
  await clock.advance(0);
  assert.equal(await operator.score("strict", "team-119"), 95);
});

Deno.test(`runOperator() refreshes each of ${POLICIES} policies in turn`, async () => {
  await using operator = await startOperator((cluster) => putPolicies(cluster, POLICIES), EVERY_5_S);
  await operator.clock.advance(5_000);
  const started = operator.cluster.writes.length;
  await operator.clock.advance(POLICIES / 20 * 1_000 + 200);
  const refreshed = new Set(operator.cluster.writes.slice(started).map(({ namespace }) => namespace));
  assert.equal(refreshed.size, POLICIES);
});

Deno.test("runOperator() does not let policies that changed save up their turns", async () => {
  const count = 80;
  await using operator = await startOperator((cluster) => putPolicies(cluster, count), EVERY_5_S);
  const { cluster, clock } = operator;
  await clock.advance(5_500);
  for (let i = 0; i < count; i++) await cluster.createPod(breaking(0).inNamespace(`team-${i}`));
  await clock.advance(4_000);
  operator.newWrites();
  for (let second = 0; second < 6; second++) {
    await clock.advance(1_000);
    const { length } = operator.newWrites();
    assert(length <= 20, `${length} refreshes in a second`);
  }
});

Deno.test("runOperator() has at most 16 writes under way", async () => {
  let [underWay, most] = [0, 0];
  await using operator = await startOperator(async (cluster, clock) => {
    await putPolicies(cluster, 50);
    cluster.fault = async ({ verb }, next) => {
      if (verb === "watch") return await next();
      most = Math.max(most, ++underWay);
      await sleep(clock, 10, new AbortController().signal);
      underWay--;
      return await next();
    };
  });
  await operator.clock.advance(1_000);
  assert.equal(most, 16);
  assert.equal(operator.cluster.writes.length, 100);
});
