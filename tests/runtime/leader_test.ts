/** Leader election: one leads at a time, a dead leader is followed, nobody is followed too soon. */

import assert from "node:assert/strict";
import type { LeaseClient } from "../../lib/api/ports.ts";
import { runElected } from "../../lib/runtime/leader.ts";
import { hanging, LeaseServer, NEVER, replica, unreachable } from "../support/election.ts";
import { ManualClock } from "../support/manual_clock.ts";

Deno.test("runElected() leads at once where there is no lease, renews every 2 s, and gives it back", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const one = replica("one", server.client(), clock);
  await clock.advance(6_000);
  assert.deepEqual(one.said, ["leading"]);
  assert.deepEqual(server.writes, ["one", "one", "one", "one"]);
  assert.deepEqual(server.lease, { holder: "one", durationMs: 15_000, transitions: 0, resourceVersion: "4" });
  one.stop();
  await one.done;
  assert.equal(one.outcome, "ended");
  assert.equal(server.lease?.holder, "");
  assert.equal(clock.pending, 0);
});

Deno.test("a standby leads within 2 s of a lease that was given back", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const one = replica("one", server.client(), clock);
  await clock.advance(500);
  const two = replica("two", server.client(), clock);
  await clock.advance(30_000);
  assert.deepEqual(two.said, ["waiting for one"]);
  one.stop();
  await clock.advance(2_000);
  assert.deepEqual(two.said, ["waiting for one", "leading"]);
  assert.equal(server.lease?.transitions, 1);
  two.stop();
  await Promise.all([one.done, two.done]);
  assert.equal(clock.pending, 0);
});

Deno.test("a standby leads as soon as it has seen no sign of life for 15 s of a leader whose calls hang", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  let hangs = false;
  const one = replica("one", server.client((signal) => hangs ? hanging(signal) : Promise.resolve()), clock);
  await clock.advance(500);
  const two = replica("two", server.client(), clock);
  await clock.advance(0);
  hangs = true;
  await clock.advance(14_999);
  assert.deepEqual(two.said, ["waiting for one"]);
  await one.done;
  assert.match(String(one.outcome), /leads no more: the lease was not renewed within 10 s/);
  await clock.advance(1);
  assert.deepEqual(two.said, ["waiting for one", "leading"]);
  two.stop();
  await two.done;
  assert.equal(clock.pending, 0);
});

Deno.test("a deleted lease of a dead leader is free once it would have run out", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  await server.client().create({ holder: "dead", durationMs: 15_000, transitions: 4 }, NEVER);
  const one = replica("one", server.client(), clock);
  await clock.advance(1_000);
  server.lease = undefined;
  await clock.advance(13_999);
  assert.deepEqual(one.said, ["waiting for dead"]);
  await clock.advance(1);
  assert.deepEqual(one.said, ["waiting for dead", "leading"]);
  one.stop();
  await one.done;
});

Deno.test("a claim of which the answer was lost is taken up again", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const client = server.client();
  let isFirst = true;
  const lossy: LeaseClient = {
    ...client,
    async create(claim, signal) {
      const lease = await client.create(claim, signal);
      if (!isFirst) return lease;
      isFirst = false;
      throw unreachable();
    },
  };
  const one = replica("one", lossy, clock);
  await clock.advance(2_000);
  assert.deepEqual(one.said, ["failed: unreachable", "leading"]);
  one.stop();
  await one.done;
});

Deno.test("of many replicas that start together exactly one leads at any time, whoever dies", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const replicas = Array.from({ length: 7 }, (_, i) => replica(`replica-${i}`, server.client(), clock));
  for (let left = replicas.length; left > 0; left--) {
    await clock.advance(5_000);
    const leading = replicas.filter(({ said, outcome }) => said.includes("leading") && outcome === undefined);
    assert.equal(leading.length, 1);
    leading[0]!.stop();
    await leading[0]!.done;
  }
  assert.equal(clock.pending, 0);
});

Deno.test("a standby that is told to stop ends without having led", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  await server.client().create({ holder: "other", durationMs: 15_000, transitions: 0 }, NEVER);
  const one = replica("one", server.client(), clock);
  await clock.advance(3_000);
  one.stop();
  await one.done;
  assert.deepEqual([one.outcome, one.said, server.lease?.holder], ["ended", ["waiting for other"], "other"]);
  assert.equal(clock.pending, 0);
});

Deno.test("a leader that was told to stop, and loses its lease while it ends, ends well and tries no longer", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  let hangs = false;
  const client = server.client((signal) => hangs ? hanging(signal) : Promise.resolve());
  const observer = { waiting() {}, leading() {}, answered() {}, failed() {} };
  const stop = new AbortController();
  let outcome: unknown;
  const running = runElected(
    { client, identity: "one", clock, observer },
    stop.signal,
    ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  ).then(() => "ended", (error) => error).then((how) => outcome = how);
  await clock.advance(1_000);
  hangs = true;
  await clock.advance(6_000);
  stop.abort();
  await clock.advance(5_000);
  assert.equal(outcome, "ended");
  await running;
  assert.equal(clock.pending, 0);
});

Deno.test("what the leader throws comes out, and the lease is given back", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const observer = { waiting() {}, leading() {}, answered() {}, failed() {} };
  const options = { client: server.client(), identity: "one", clock, observer };
  await assert.rejects(
    runElected(options, NEVER, () => Promise.reject(new RangeError("a bug"))),
    { message: "a bug" },
  );
  assert.equal(server.lease?.holder, "");
});
