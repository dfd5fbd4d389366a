/** Whoever has edited a policy is looking: it does not wait for its turn behind many others. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";

Deno.test("runOperator() evaluates a new policy before the many that wait for their turn", async () => {
  const waiting = 60;
  await using operator = await startOperator(async (cluster) => {
    for (let i = 0; i < waiting; i++) await cluster.putPolicy({ name: `p-${i}`, spec: ALL_CHECKS });
  });
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  const gate = Promise.withResolvers<void>();
  cluster.fault = async (call, next) => {
    if (call.verb === "patchStatus") await gate.promise;
    return await next();
  };
  const since = cluster.writes.length;
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  await clock.advance(0);
  const underWay = cluster.writes.length - since;
  assert(underWay < waiting / 2, `${underWay} writes at once`);
  await cluster.putPolicy({ name: "new", spec: ALL_CHECKS });
  await clock.advance(0);
  gate.resolve();
  await clock.advance(1_000);
  const order = cluster.writes.slice(since).map(({ name }) => name);
  // As many as were under way are next, in no order.
  assert(order.indexOf("new") < 2 * underWay, `${order}`);
});
