/** Replicas that stand for election on a lease in memory. */

import type { Clock } from "../../lib/api/clock.ts";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import type { Lease, LeaseClaim, LeaseClient } from "../../lib/api/ports.ts";
import type { Term } from "../../lib/runtime/held_lease.ts";
import { runElected } from "../../lib/runtime/leader.ts";
import type { ManualClock } from "./manual_clock.ts";

/** A lease as an API server keeps it, and a log of who wrote what. */
export class LeaseServer {
  lease: Lease | undefined;
  writes: string[] = [];
  #version = 0;

  /** The client of one replica; `broken` says what each of its calls runs into, if anything. */
  client(broken: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()): LeaseClient {
    const write = (claim: LeaseClaim): Lease => {
      this.writes.push(claim.holder);
      return this.lease = { ...claim, resourceVersion: String(++this.#version) };
    };
    const refusal = (code: number) => new ApiError({ code, reason: "", message: "" });
    return {
      get: async (signal) => (await broken(signal), this.lease),
      create: async (claim, signal) => {
        await broken(signal);
        if (this.lease !== undefined) throw refusal(409);
        return write(claim);
      },
      replace: async (lease, claim, signal) => {
        await broken(signal);
        if (this.lease === undefined) throw refusal(404);
        if (lease.resourceVersion !== this.lease.resourceVersion) throw refusal(409);
        return write(claim);
      },
    };
  }
}

/** What a test sees of a replica. */
export interface Replica {
  readonly said: string[];
  term: Term | undefined;
  stop(): void;
  /** Undefined while it runs; what it threw, or "ended". */
  outcome: unknown;
  readonly done: Promise<void>;
}

/** A replica that leads until it is stopped or has lost the lease. */
export function replica(identity: string, client: LeaseClient, clock: Clock): Replica {
  const stop = new AbortController();
  const said: string[] = [];
  const self = { said, stop: () => stop.abort(), term: undefined, outcome: undefined } as Omit<
    Replica,
    "done"
  >;
  const observer = {
    waiting: (holder: string) => said.push(`waiting for ${holder}`),
    leading: () => said.push("leading"),
    answered() {},
    failed: (error: unknown) => said.push(`failed: ${(error as Error).message}`),
  };
  const lead = async (term: Term) => {
    self.term = term;
    const over = Promise.withResolvers<void>();
    for (const signal of [stop.signal, term.signal]) signal.addEventListener("abort", () => over.resolve());
    await over.promise;
  };
  const done = runElected({ client, identity, clock, observer, random: () => 1 }, stop.signal, lead)
    .then(() => "ended", (error) => error).then((outcome) => void (self.outcome = outcome));
  return Object.assign(self, { done });
}

/** For calls that nothing ends. */
export const NEVER = new AbortController().signal;

/** An answer that never comes. */
export function hanging(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** What a call throws that reaches nobody. */
export function unreachable(): ConnectionError {
  return new ConnectionError("refused", "unreachable");
}

/** A clock whose timers have not fired yet although time has passed, as after SIGCONT. */
export class StoppedClock implements Clock {
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
