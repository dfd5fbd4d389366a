/** Leader election: one leads at a time, a dead leader is followed, a late one knows that it is late. */

import assert from "node:assert/strict";
import type { Clock } from "../../lib/api/clock.ts";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import type { Lease, LeaseClaim, LeaseClient } from "../../lib/api/ports.ts";
import { LeaseLostError, type Term } from "../../lib/runtime/held_lease.ts";
import { runElected } from "../../lib/runtime/leader.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** A lease as an API server keeps it, and a log of who wrote what. */
class LeaseServer {
  lease: Lease | undefined;
  writes: string[] = [];
  #version = 0;

  /** The client of one replica; `broken` says what each of its calls runs into, if anything. */
  client(broken: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()): LeaseClient {
    const write = (claim: LeaseClaim): Lease => {
      this.writes.push(claim.holder);
      return this.lease = { ...claim, resourceVersion: String(++this.#version) };
    };
    const conflict = () => new ApiError({ code: 409, reason: "Conflict", message: "" });
    return {
      get: async (signal) => (await broken(signal), this.lease),
      create: async (claim, signal) => {
        await broken(signal);
        if (this.lease !== undefined) throw conflict();
        return write(claim);
      },
      replace: async (lease, claim, signal) => {
        await broken(signal);
        if (lease.resourceVersion !== this.lease?.resourceVersion) throw conflict();
        return write(claim);
      },
    };
  }
}

interface Replica {
  readonly said: string[];
  term: Term | undefined;
  stop(): void;
  /** Undefined while it runs; what it threw, or "ended". */
  outcome: unknown;
  readonly done: Promise<void>;
}

/** A replica that leads until it is stopped or has lost the lease. */
function replica(identity: string, client: LeaseClient, clock: Clock): Replica {
  const stop = new AbortController();
  const said: string[] = [];
  const self = { said, stop: () => stop.abort(), term: undefined, outcome: undefined } as Omit<
    Replica,
    "done"
  >;
  const observer = {
    waiting: (holder: string) => said.push(`waiting for ${holder}`),
    leading: () => said.push("leading"),
    failed: (error: unknown) => said.push(`failed: ${(error as Error).message}`),
  };
  const lead = async (term: Term) => {
    self.term = term;
    const over = Promise.withResolvers<void>();
    for (const signal of [stop.signal, term.signal]) signal.addEventListener("abort", () => over.resolve());
    await over.promise;
  };
  const done = runElected({ client, identity, clock, observer, random: () => 0 }, stop.signal, lead)
    .then(() => "ended", (error) => error).then((outcome) => void (self.outcome = outcome));
  return Object.assign(self, { done });
}

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

Deno.test("a standby leads 15 to 17 s after the last sign of life of a leader whose calls hang", async () => {
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
  assert.match(String(one.outcome), /leads no more: it was not renewed in time/);
  await clock.advance(2_001);
  assert.deepEqual(two.said, ["waiting for one", "leading"]);
  two.stop();
  await two.done;
  assert.equal(clock.pending, 0);
});

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
  assert.match(String(one.outcome), /leads no more: it was not renewed in time/);
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
  assert.match(String(one.outcome), /it is held by two/);
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

Deno.test("what the leader throws comes out, and the lease is given back", async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const observer = { waiting() {}, leading() {}, failed() {} };
  const options = { client: server.client(), identity: "one", clock, observer };
  await assert.rejects(
    runElected(options, NEVER, () => Promise.reject(new RangeError("a bug"))),
    { message: "a bug" },
  );
  assert.equal(server.lease?.holder, "");
});

const NEVER = new AbortController().signal;

/** An answer that never comes. */
function hanging(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function unreachable(): ConnectionError {
  return new ConnectionError("refused", "unreachable");
}

/** A clock whose timers have not fired yet although time has passed, as after SIGCONT. */
class StoppedClock implements Clock {
  behind = 0;

  constructor(readonly clock: ManualClock) {}

  now(): number {
    return this.clock.now() + this.behind;
  }

  monotonic(): number {
    return this.clock.monotonic() + this.behind;
  }

  after(ms: number, callback: () => void): () => void {
    return this.clock.after(ms, callback);
  }
}
