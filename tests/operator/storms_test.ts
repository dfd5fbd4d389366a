/** Many changes at once: handled together when they come together, never lost, and never a flood of writes. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";

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
      cluster.putPod(breaking(i));
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
  cluster.putPod(breaking(0));
  await clock.advance(0);
  assert.equal(operator.newWrites().length, 1);
  cluster.putPod(breaking(1));
  await clock.advance(99);
  assert.equal(operator.newWrites().length, 0);
  await clock.advance(1);
  assert.equal(operator.newWrites().length, 1);
});

const POLICIES = 1_000;

Deno.test(`runOperator() refreshes ${POLICIES} policies at 20 a second, while changes do not wait`, async () => {
  await using operator = await startOperator((cluster) => {
    for (let i = 0; i < POLICIES; i++) cluster.putPolicy({ namespace: `team-${i}`, spec: ALL_CHECKS });
  });
  const { cluster, clock } = operator;
  await clock.advance(29_000);
  assert.equal(operator.newWrites().length, POLICIES, "every status is new, and new ones never wait");
  const perSecond: number[] = [];
  for (let second = 0; second < 60; second++) {
    await clock.advance(1_000);
    perSecond.push(operator.newWrites().length);
  }
  assert(Math.max(...perSecond) <= 20, `up to ${Math.max(...perSecond)} a second`);
  assert.equal(perSecond.slice(2, 50).every((count) => count === 20), true, `${perSecond}`);
  cluster.putPod(breaking(0).inNamespace("team-999"));
  await clock.advance(0);
  assert.equal(operator.status("strict", "team-999").healthScore, 95);
});

Deno.test(`runOperator() refreshes each of ${POLICIES} policies in turn`, async () => {
  await using operator = await startOperator((cluster) => {
    for (let i = 0; i < POLICIES; i++) cluster.putPolicy({ namespace: `team-${i}` });
  });
  await operator.clock.advance(30_000);
  const started = operator.cluster.writes.length;
  await operator.clock.advance(POLICIES / 20 * 1_000 + 200);
  const refreshed = new Set(operator.cluster.writes.slice(started).map(({ policy }) => policy));
  assert.equal(refreshed.size, POLICIES);
});

Deno.test("runOperator() does not let policies that changed save up their turns", async () => {
  const namespaces = Array.from({ length: 200 }, (_, i) => `team-${i}`);
  await using operator = await startOperator((cluster) => {
    for (const namespace of namespaces) cluster.putPolicy({ namespace, spec: ALL_CHECKS });
  });
  const { cluster, clock } = operator;
  await clock.advance(30_500);
  for (const namespace of namespaces) cluster.putPod(breaking(0).inNamespace(namespace));
  await clock.advance(29_000);
  operator.newWrites();
  for (let second = 0; second < 12; second++) {
    await clock.advance(1_000);
    const { length } = operator.newWrites();
    assert(length <= 20, `${length} refreshes in a second`);
  }
});

Deno.test("runOperator() has at most 16 writes under way", async () => {
  let [underWay, most] = [0, 0];
  await using operator = await startOperator((cluster) => {
    for (let i = 0; i < 100; i++) cluster.putPolicy({ namespace: `team-${i}` });
    cluster.before = async () => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
    };
  });
  await operator.clock.advance(1_000);
  assert.equal(most, 16);
});
