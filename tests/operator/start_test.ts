/** The start: nothing is written before all is read, what may heal is waited for, what will not ends the operator. */

import assert from "node:assert/strict";
import { deny, FORBIDDEN, PASS, refusing, retelling, UNAUTHORIZED, UNAVAILABLE } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT } from "../support/scrape.ts";

const RESOURCES = ["pods", "devopspolicies"];

for (const slow of RESOURCES) {
  Deno.test(`runOperator() writes nothing before ${slow} are read`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPod(pod("web").container("app", { image: "app" }));
      await cluster.putPolicy({ spec: ALL_CHECKS });
      deny(cluster, slow, UNAVAILABLE);
    }, ON_A_FREE_PORT);
    const { cluster, clock } = operator;
    assert.deepEqual(await get(operator, "/readyz"), { status: 503, text: `waiting for ${slow}\n` });
    assert.deepEqual(await get(operator, "/healthz"), { status: 200, text: "ok\n" });
    await clock.advance(55_000);
    assert.deepEqual(cluster.policyCalls, []);
    cluster.fault = PASS;
    await clock.advance(57_000);
    assert.equal(operator.newWrites()[0], "1 violations across 1 pods — Healthy (95)");
    assert.deepEqual(await get(operator, "/readyz"), { status: 200, text: "ok\n" });
  });
}

Deno.test("runOperator() says that the pods are unknown when they could not be read for a minute, and evaluates them when they can", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: ALL_CHECKS });
    deny(cluster, "pods", UNAVAILABLE);
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(120_000);
  assert.equal(await operator.condition("Ready"), "Unknown/PodsUnavailable");
  assert.equal(await operator.score(), undefined);
  assert.equal((await get(operator, "/readyz")).status, 503);
  cluster.fault = PASS;
  await clock.advance(57_000);
  assert.equal(await operator.condition("Ready"), "True/Evaluated");
});

Deno.test("runOperator() serves the namespaces that it may read when it may not read another", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.fault = refusing(FORBIDDEN, ({ namespace }) => namespace === "staging");
  }, { ...ON_A_FREE_PORT, namespaces: ["production", "staging"] });
  await operator.clock.advance(3_000);
  assert.equal(await operator.score(), 100);
  assert.equal((await get(operator, "/readyz")).text, "waiting for devopspolicies and pods\n");
});

Deno.test("runOperator() names each resource once that is missing in several namespaces", async () => {
  await using operator = await startOperator((cluster) => void (cluster.isCutOff = true), {
    ...ON_A_FREE_PORT,
    namespaces: ["production", "staging"],
  });
  assert.equal((await get(operator, "/readyz")).text, "waiting for devopspolicies and pods\n");
});

Deno.test("runOperator() does not take the pods that it has seen so far for all that there are", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: ALL_CHECKS });
    // The initial events come, but not their end, as behind some proxies; then the fallback, a list, brings everything.
    cluster.fault = retelling((line, { resource }) =>
      resource === "pods" && line.includes(`"BOOKMARK"`) ? [] : [line]
    );
  });
  await operator.clock.advance(29_000);
  assert.deepEqual(operator.cluster.policyCalls, []);
  await operator.clock.advance(2_000);
  assert.deepEqual(operator.newWrites(), ["1 violations across 1 pods — Healthy (95)"]);
});

Deno.test("runOperator() is ready with no policies at all", async () => {
  await using operator = await startOperator(() => {}, ON_A_FREE_PORT);
  assert.equal((await get(operator, "/readyz")).status, 200);
  assert.deepEqual(operator.log.at(-1)?.properties, { policies: 0, pods: 0 });
});

for (const refusal of [UNAVAILABLE, FORBIDDEN]) {
  Deno.test(`runOperator() keeps trying while policies are ${refusal.message}, and says so once`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPolicy();
      deny(cluster, "devopspolicies", refusal);
    });
    const { cluster, clock } = operator;
    await clock.advance(600_000);
    assert.deepEqual(operator.warnings(), ["cannot watch, trying again"]);
    const tries = cluster.reads("devopspolicies").length;
    assert(tries >= 15 && tries <= 20, `${tries} tries in ten minutes`);
    cluster.fault = PASS;
    await clock.advance(57_000);
    assert.equal(await operator.score(), 100);
  });
}

Deno.test("runOperator() waits for a server that cannot be reached, and says so once for each resource", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    cluster.isCutOff = true;
  });
  const { cluster, clock } = operator;
  await clock.advance(600_000);
  assert.deepEqual(cluster.calls, []);
  const warnings = operator.log.filter(({ level }) => level === "warn");
  assert.deepEqual(warnings.map(({ message }) => message), Array(2).fill("cannot watch, trying again"));
  for (const { properties } of warnings) {
    assert.match(`${properties.problem}`, /: connection refused\./);
  }
  cluster.isCutOff = false;
  await clock.advance(57_000);
  assert.equal(await operator.score(), 100);
});

Deno.test("runOperator() tells a new state of a source that was already failing", async () => {
  await using operator = await startOperator((cluster) => deny(cluster, "devopspolicies", UNAVAILABLE));
  const { cluster, clock } = operator;
  await clock.advance(100_000);
  deny(cluster, "devopspolicies", FORBIDDEN);
  await clock.advance(100_000);
  const problems = operator.log.filter(({ level }) => level === "warn").map(({ properties }) => properties);
  assert.deepEqual(problems, [
    {
      resource: "devopspolicies",
      namespace: undefined,
      problem: "Cannot list and watch devopspolicies: unavailable.",
    },
    {
      resource: "devopspolicies",
      namespace: undefined,
      problem: "Cannot list and watch devopspolicies: forbidden.",
    },
  ]);
});

for (const resource of RESOURCES) {
  Deno.test(`runOperator() gives up at once when its credentials are rejected as it reads its ${resource}`, async () => {
    await using operator = await startOperator((cluster) => deny(cluster, resource, UNAUTHORIZED));
    await assert.rejects(operator.ended, { name: "ApiError", code: 401 });
    await operator.clock.advance(0);
    assert.equal(operator.clock.pending, 0);
    assert.deepEqual(operator.log, [], "neither ready nor trying again");
  });
}

Deno.test("runOperator() gives up at once on whatever it is told is hopeless", async () => {
  await using operator = await startOperator((cluster) => void (cluster.isCutOff = true), {
    isHopeless: () => true,
  });
  await assert.rejects(operator.ended, { name: "ConnectionError", problem: "refused" });
  assert.equal(operator.clock.pending, 0);
  assert.deepEqual(operator.log, [], "neither ready nor trying again");
});

Deno.test("runOperator() does not give up on what was hopeless at the start once it has read everything", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
  const { cluster, clock } = operator;
  deny(cluster, "pods", UNAUTHORIZED);
  await clock.advance(300_000);
  assert.equal(await operator.condition("Ready"), "Unknown/PodsUnavailable");
  cluster.fault = PASS;
  await clock.advance(57_000);
  assert.equal(await operator.condition("Ready"), "True/Evaluated");
});
