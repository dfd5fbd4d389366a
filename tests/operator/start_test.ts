/** The start: nothing is written before all is read, what may heal is waited for, what will not ends the operator. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT } from "../support/scrape.ts";

const REFUSED = new ConnectionError("refused", "connection refused");
const FORBIDDEN = new ApiError({ code: 403, reason: "Forbidden", message: "forbidden" });
const UNAUTHORIZED = new ApiError({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
const TLS = new ConnectionError("tls", "unknown authority");

const isHopeless = (error: unknown) => error === UNAUTHORIZED || error === TLS;

for (const slow of ["podCollection", "policyCollection"] as const) {
  Deno.test(`runOperator() writes nothing before ${slow} is read`, async () => {
    await using operator = await startOperator((cluster) => {
      cluster.putPod(pod("web").container("app", { image: "app" }));
      cluster.putPolicy({ spec: ALL_CHECKS });
      cluster[slow].refuse(REFUSED);
    }, ON_A_FREE_PORT);
    const { cluster, clock } = operator;
    const resource = slow === "podCollection" ? "pods" : "devopspolicies";
    assert.deepEqual(await get(operator, "/readyz"), { status: 503, text: `waiting for ${resource}\n` });
    assert.deepEqual(await get(operator, "/healthz"), { status: 200, text: "ok\n" });
    await clock.advance(55_000);
    assert.deepEqual(cluster.calls, []);
    cluster[slow].admit();
    await clock.advance(40_000);
    assert.equal(operator.newWrites()[0], "1 violations across 1 pods — Healthy (95)");
    assert.deepEqual(await get(operator, "/readyz"), { status: 200, text: "ok\n" });
  });
}

Deno.test("runOperator() says that the pods are unknown when they could not be read for a minute, and evaluates them when they can", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.podCollection.refuse(REFUSED);
  }, ON_A_FREE_PORT);
  const { cluster, clock } = operator;
  await clock.advance(120_000);
  assert.equal(operator.status().conditions?.[0]?.reason, "PodsUnavailable");
  assert.equal(operator.status().healthScore, undefined);
  assert.equal((await get(operator, "/readyz")).status, 503);
  cluster.podCollection.admit();
  await clock.advance(40_000);
  assert.equal(operator.status().conditions?.[0]?.reason, "Evaluated");
});

Deno.test("runOperator() serves the namespaces that it may read when it may not read another", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ spec: ALL_CHECKS });
    const { policies, pods } = cluster;
    const denied = { list: () => Promise.reject(FORBIDDEN), watch: () => Promise.reject(FORBIDDEN) };
    cluster.policies = (options) =>
      options.namespace === "staging" ? denied : policies.call(cluster, options);
    cluster.pods = (options) => options.namespace === "staging" ? denied : pods.call(cluster, options);
  }, { ...ON_A_FREE_PORT, namespaces: ["production", "staging"] });
  await operator.clock.advance(1_000);
  assert.equal(operator.status().healthScore, 100);
  assert.equal((await get(operator, "/readyz")).text, "waiting for devopspolicies and pods\n");
});

Deno.test("runOperator() names each resource once that is missing in several namespaces", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.podCollection.refuse(REFUSED);
    cluster.policyCollection.refuse(REFUSED);
  }, { ...ON_A_FREE_PORT, namespaces: ["production", "staging"] });
  assert.equal((await get(operator, "/readyz")).text, "waiting for devopspolicies and pods\n");
});

Deno.test("runOperator() does not take the pods that it has seen so far for all that there are", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: ALL_CHECKS });
    const { pods } = cluster;
    // The initial events come, but not their end; then the fallback, a list, brings everything.
    cluster.pods = (options) => {
      const source = pods.call(cluster, options);
      return {
        ...source,
        async watch(options, signal) {
          const batches = await source.watch(options, signal);
          if (options.start.from === "version") return batches;
          return (async function* () {
            for await (const batch of batches) yield batch.filter(({ type }) => type !== "bookmark");
          })();
        },
      };
    };
  });
  await operator.clock.advance(29_000);
  assert.deepEqual(operator.cluster.calls, []);
  await operator.clock.advance(2_000);
  assert.deepEqual(operator.newWrites(), ["1 violations across 1 pods — Healthy (95)"]);
});

Deno.test("runOperator() is ready with no policies at all", async () => {
  await using operator = await startOperator(() => {}, ON_A_FREE_PORT);
  assert.equal((await get(operator, "/readyz")).status, 200);
  assert.deepEqual(operator.log.at(-1)?.properties, { policies: 0, pods: 0 });
});

for (const [what, error] of [["refused", REFUSED], ["forbidden", FORBIDDEN]] as const) {
  Deno.test(`runOperator() keeps trying while policies are ${what}, and says so once`, async () => {
    await using operator = await startOperator((cluster) => {
      cluster.putPolicy();
      cluster.policyCollection.refuse(error);
    }, { isHopeless });
    const { cluster, clock } = operator;
    await clock.advance(600_000);
    assert.deepEqual(operator.warnings(), ["cannot watch, trying again"]);
    const tries = cluster.policyCollection.reads.length;
    assert(tries >= 20 && tries <= 30, `${tries} tries in ten minutes`);
    cluster.policyCollection.admit();
    await clock.advance(40_000);
    assert.equal(operator.status().healthScore, 100);
  });
}

Deno.test("runOperator() tells a new state of a source that was already failing", async () => {
  await using operator = await startOperator((cluster) => cluster.policyCollection.refuse(REFUSED));
  const { cluster, clock } = operator;
  await clock.advance(100_000);
  cluster.policyCollection.refuse(FORBIDDEN);
  await clock.advance(100_000);
  const problems = operator.log.filter(({ level }) => level === "warn").map(({ properties }) => properties);
  assert.deepEqual(problems, [
    {
      resource: "devopspolicies",
      namespace: undefined,
      problem: "Cannot list and watch devopspolicies: connection refused.",
    },
    {
      resource: "devopspolicies",
      namespace: undefined,
      problem: "Cannot list and watch devopspolicies: forbidden.",
    },
  ]);
});

for (const error of [UNAUTHORIZED, TLS]) {
  for (const collection of ["podCollection", "policyCollection"] as const) {
    Deno.test(`runOperator() gives up at once on ${error.message} when reading its ${collection}`, async () => {
      await using operator = await startOperator((cluster) => cluster[collection].refuse(error), {
        isHopeless,
      });
      await assert.rejects(operator.ended, error);
      assert.equal(operator.clock.pending, 0);
      assert.deepEqual(operator.log, [], "neither ready nor trying again");
    });
  }
}

Deno.test("runOperator() does not give up on what was hopeless at the start once it has read everything", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }), {
    isHopeless,
  });
  const { cluster, clock } = operator;
  cluster.podCollection.refuse(UNAUTHORIZED);
  await clock.advance(300_000);
  assert.equal(operator.condition("Ready"), "Unknown/PodsUnavailable");
  cluster.podCollection.admit();
  await clock.advance(40_000);
  assert.equal(operator.condition("Ready"), "True/Evaluated");
});
