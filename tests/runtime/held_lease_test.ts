/** A lease while it is held: renewed in time or lost in time, whatever the network, others and the machine do. */

import assert from "node:assert/strict";
import { LeaseLostError } from "../../lib/api/errors.ts";
import { hanging, LeaseServer, NEVER, replica, StoppedClock, unreachable } from "../support/election.ts";
import { ManualClock } from "../support/manual_clock.ts";

Deno.test("a leader that cannot renew leads no more after 10 s, well before another may begin at 15 s", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  let broken = false;
  const one = replica(
    "one",
    server.client(() => broken ? Promise.reject(unreachable()) : Promise.resolve()),
    clock,
  );
  await clock.advance(2_000);
  broken = true;
  await clock.advance(9_999);
  one.term?.assertFresh();
  assert.equal(one.outcome, undefined);
  await clock.advance(1);
  assert.throws(() => one.term?.assertFresh(), LeaseLostError);
  await one.done;
  assert.match(String(one.outcome), /leads no more: the lease was not renewed within 10 s/);
  assert.equal(one.said.filter((line) => line === "failed: unreachable").length, 4);
  assert.equal(server.lease?.holder, "one", "what may be somebody else's is not given back");
  assert.equal(clock.pending, 0);
});

Deno.test("a leader that was stopped for 30 s knows at its very next write, before any timer has fired", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const stopped = new StoppedClock(clock);
  const one = replica("one", server.client(), stopped);
  await clock.advance(0);
  stopped.behind = 30_000;
  assert.throws(() => one.term?.assertFresh(), LeaseLostError);
  await one.done;
  assert.ok(one.outcome instanceof LeaseLostError);
});

Deno.test("a leader whose lease was taken by another stops at its next renewal and says who holds it", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const one = replica("one", server.client(), clock);
  await clock.advance(0);
  await server.client().replace(server.lease!, { holder: "two", durationMs: 15_000, transitions: 1 }, NEVER);
  await clock.advance(2_000);
  await one.done;
  assert.match(String(one.outcome), /the lease is held by two/);
  assert.equal(server.lease?.holder, "two");
  assert.equal(clock.pending, 0);
});

Deno.test("a leader goes on when somebody else wrote to its lease, or the answer to its own write was lost", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const one = replica("one", server.client(), clock);
  await clock.advance(1_000);
  await server.client().replace(server.lease!, server.lease!, NEVER);
  await clock.advance(60_000);
  assert.deepEqual([one.said, one.outcome], [["leading"], undefined]);
  one.stop();
  await one.done;
});

Deno.test("a leader some of whose calls hang goes on: each is given up after 3 s", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  let calls = 0;
  const one = replica(
    "one",
    server.client((signal) => calls++ % 3 === 2 ? hanging(signal) : Promise.resolve()),
    clock,
  );
  const two = replica("two", server.client(), clock);
  await clock.advance(60_000);
  assert.equal(one.outcome, undefined);
  assert.match(
    one.said[1]!,
    /^failed: The lease cannot be had: the API server does not answer within 3 s\.$/,
  );
  assert.deepEqual(two.said, ["waiting for one"]);
  one.stop();
  two.stop();
  await Promise.all([one.done, two.done]);
  assert.equal(clock.pending, 0);
});

Deno.test("a deleted lease is made anew by its leader, and taken by nobody else meanwhile", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const one = replica("one", server.client(), clock);
  await clock.advance(500);
  const two = replica("two", server.client(), clock);
  await clock.advance(1_000);
  server.lease = undefined;
  await clock.advance(60_000);
  assert.deepEqual([one.said, two.said], [["leading"], ["waiting for one"]]);
  assert.equal(server.lease?.["holder"], "one");
  one.stop();
  two.stop();
  await Promise.all([one.done, two.done]);
});

Deno.test("a lease is given back although somebody else wrote to it just before", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const one = replica("one", server.client(), clock);
  await clock.advance(1_000);
  await server.client().replace(server.lease!, server.lease!, NEVER);
  one.stop();
  await one.done;
  assert.deepEqual([one.outcome, server.lease?.holder], ["ended", ""]);
  assert.throws(() => one.term?.assertFresh(), LeaseLostError);
});
