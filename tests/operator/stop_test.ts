/** The end: at once when there is nothing to do, after the write under way when there is, and never with a trace. */

import assert from "node:assert/strict";
import { LeaseLostError } from "../../lib/api/errors.ts";
import type { Cluster } from "../../lib/api/ports.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { ON_A_FREE_PORT } from "../support/scrape.ts";

for (
  const [when, isCutOff] of [
    ["at rest", false],
    ["that cannot read anything yet", true],
  ] as const
) {
  Deno.test(`runOperator() ${when} ends when asked to, and leaves no timer and no watch`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPolicy({ spec: ALL_CHECKS });
      cluster.isCutOff = isCutOff;
    });
    await operator.clock.advance(10_000);
    assert(operator.clock.pending > 0);
    operator.abort();
    await operator.ended;
    await operator.clock.advance(0);
    assert.equal(operator.clock.pending, 0);
    const { calls } = operator.cluster;
    const before = calls.length;
    await operator.cluster.putPod(pod("web").container("app", { image: "app" }));
    await operator.clock.advance(120_000);
    assert.equal(calls.length, before);
  });
}

Deno.test("runOperator() finishes the write under way before it ends", async () => {
  const gate = Promise.withResolvers<void>();
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.fault = async ({ verb }, next) => {
      if (verb === "patchStatus") await gate.promise;
      return await next();
    };
  });
  operator.abort();
  await operator.clock.advance(1_000);
  assert.equal(operator.hasEnded, false);
  gate.resolve();
  await operator.ended;
  assert.equal(await operator.score(), 100);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("runOperator() starts nothing new while it ends", async () => {
  const gate = Promise.withResolvers<void>();
  await using operator = await startOperator(async (cluster) => {
    for (let i = 0; i < 20; i++) await cluster.putPolicy({ namespace: `team-${i}` });
    cluster.fault = async ({ verb }, next) => {
      if (verb === "patch") await gate.promise;
      return await next();
    };
  });
  operator.abort();
  gate.resolve();
  await operator.ended;
  const policies = new Set(operator.cluster.policyCalls.map(({ namespace }) => namespace));
  assert.equal(policies.size, 16, "as many as there are workers");
});

Deno.test("runOperator() gives up a write that does not end within 6 seconds", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.fault = ({ verb }, next) => verb === "patchStatus" ? new Promise(() => {}) : next();
  });
  operator.abort();
  await operator.clock.advance(5_999);
  assert.equal(operator.hasEnded, false);
  await operator.clock.advance(1);
  assert.equal(operator.hasEnded, true);
});

/** The cluster, but each watch of pods ends only behind `gate`: how a client lets go of one is no server's matter. */
function lettingGoAfter(gate: Promise<void>, cluster: Cluster): Cluster {
  const pods: Cluster["pods"] = (options) => {
    const source = cluster.pods(options);
    const watch: typeof source.watch = async (...args) => {
      const batches = await source.watch(...args);
      return (async function* () {
        try {
          yield* batches;
        } finally {
          await gate;
        }
      })();
    };
    return { ...source, watch };
  };
  return { ...cluster, pods };
}

Deno.test("runOperator() waits until its watches have let go of their connections", async () => {
  const gate = Promise.withResolvers<void>();
  await using operator = await startOperator(() => {}, {
    through: (cluster) => lettingGoAfter(gate.promise, cluster),
  });
  operator.abort();
  await operator.clock.advance(60_000);
  assert.equal(operator.hasEnded, false);
  gate.resolve();
  await operator.ended;
});

Deno.test("runOperator() that serves ends, although a scraper holds a connection open", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy(), ON_A_FREE_PORT);
  const address = String(
    operator.log.find(({ message }) => message.startsWith("serving"))?.properties.address,
  );
  using idle = await Deno.connect({ hostname: "127.0.0.1", port: Number(address.split(":")[1]) });
  await idle.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\n"));
  operator.abort();
  await operator.ended;
  await assert.rejects(fetch(`http://${address}/healthz`), TypeError);
});

Deno.test("runOperator() that is told to stop before it starts ends at once", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy(), { isStopped: true });
  await operator.clock.advance(0);
  assert.equal(operator.hasEnded, true);
  assert.equal(operator.clock.pending, 0);
  assert.deepEqual(operator.cluster.calls, []);
});

Deno.test("runOperator() that has lost its lease gives up the write under way at once, and blames no policy", async () => {
  const lost = new AbortController();
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.fault = ({ verb }, next) => verb === "patchStatus" ? new Promise(() => {}) : next();
  }, { lost: lost.signal });
  assert.equal(operator.hasEnded, false);
  lost.abort(new LeaseLostError("another leads"));
  await operator.ended;
  await operator.clock.advance(0);
  assert.equal(operator.clock.pending, 0);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("runOperator() that loses its lease while it ends waits for no write any more", async () => {
  const lost = new AbortController();
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.fault = ({ verb }, next) => verb === "patchStatus" ? new Promise(() => {}) : next();
  }, { lost: lost.signal });
  operator.abort();
  await operator.clock.advance(1_000);
  assert.equal(operator.hasEnded, false);
  lost.abort(new LeaseLostError("another leads"));
  await operator.ended;
});
