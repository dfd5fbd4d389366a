/** The end: at once when there is nothing to do, after the write under way when there is, and never with a trace. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../lib/api/errors.ts";
import { runOperator } from "../../lib/operator/run.ts";
import { FakeCluster } from "../support/fake_cluster.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";
import { pod } from "../support/pod_builder.ts";
import { recordingLogger } from "../support/recording_logger.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { ON_A_FREE_PORT } from "../support/scrape.ts";

const REFUSED = new ConnectionError("refused", "connection refused");

for (
  const [when, refuse] of [
    ["at rest", false],
    ["that cannot read anything yet", true],
  ] as const
) {
  Deno.test(`runOperator() ${when} ends when asked to, and leaves no timer and no watch`, async () => {
    await using operator = await startOperator((cluster) => {
      cluster.putPolicy({ spec: ALL_CHECKS });
      if (refuse) cluster.podCollection.refuse(REFUSED);
    });
    await operator.clock.advance(10_000);
    assert(operator.clock.pending > 0);
    operator.abort();
    await operator.ended;
    assert.equal(operator.clock.pending, 0);
    const { calls } = operator.cluster;
    const before = calls.length;
    operator.cluster.putPod(pod("web").container("app", { image: "app" }));
    await operator.clock.advance(120_000);
    assert.equal(calls.length, before);
  });
}

Deno.test("runOperator() finishes the write under way before it ends", async () => {
  const gate = Promise.withResolvers<void>();
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.before = ({ verb }) => verb === "patchStatus" ? gate.promise : undefined;
  });
  let ended = false;
  operator.ended.then(() => ended = true);
  operator.abort();
  await operator.clock.advance(1_000);
  assert.equal(ended, false);
  gate.resolve();
  await operator.ended;
  assert.equal(operator.status().healthScore, 100);
  assert.deepEqual(operator.warnings(), []);
});

Deno.test("runOperator() starts nothing new while it ends", async () => {
  const gate = Promise.withResolvers<void>();
  await using operator = await startOperator((cluster) => {
    for (let i = 0; i < 20; i++) cluster.putPolicy({ namespace: `team-${i}` });
    cluster.before = () => gate.promise;
  });
  operator.abort();
  gate.resolve();
  await operator.ended;
  const policies = new Set(operator.cluster.calls.map(({ policy }) => policy));
  assert.equal(policies.size, 16, "as many as there are workers");
});

Deno.test("runOperator() gives up a write that does not end within 8 seconds", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.before = ({ verb }) => verb === "patchStatus" ? new Promise(() => {}) : undefined;
  });
  let ended = false;
  operator.ended.then(() => ended = true);
  operator.abort();
  await operator.clock.advance(7_999);
  assert.equal(ended, false);
  await operator.clock.advance(1);
  assert.equal(ended, true);
});

Deno.test("runOperator() waits until its watches have let go of their connections", async () => {
  const gate = Promise.withResolvers<void>();
  await using operator = await startOperator((cluster) => {
    const { pods } = cluster;
    cluster.pods = (options) => {
      const source = pods.call(cluster, options);
      return {
        ...source,
        async watch(options, signal) {
          const batches = await source.watch(options, signal);
          return (async function* () {
            try {
              yield* batches;
            } finally {
              await gate.promise;
            }
          })();
        },
      };
    };
  });
  let ended = false;
  operator.ended.then(() => ended = true);
  operator.abort();
  await operator.clock.advance(60_000);
  assert.equal(ended, false);
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
  const clock = new ManualClock();
  const cluster = new FakeCluster(clock);
  cluster.putPolicy();
  let ended = false;
  runOperator({
    cluster,
    clock,
    log: recordingLogger().log,
    version: "",
    namespaces: [],
    systemNamespaces: [],
    requeueMs: 30_000,
    listenOn: undefined,
    memory: () => ({ rss: 0, heapUsed: 0 }),
    explain: String,
    isHopeless: () => false,
    onStatus: () => {},
  }, AbortSignal.abort()).then(() => ended = true);
  await settled();
  assert.equal(ended, true);
  assert.equal(clock.pending, 0);
  assert.deepEqual(cluster.policyCollection.reads, []);
});
