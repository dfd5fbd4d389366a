/** The lease of an election while it is ours: renewed, given back, and never believed in for longer than it holds. */

import { type LinkedAbort, linkedAbort } from "../api/abort.ts";
import { type Clock, sleep } from "../api/clock.ts";
import { ConnectionError, isConflict, isNotFound, LeaseLostError } from "../api/errors.ts";
import type { Fence, Lease, LeaseClaim, LeaseClient } from "../api/ports.ts";
import { jittered } from "./backoff.ts";

/** What an election needs. */
export interface ElectionOptions {
  readonly client: LeaseClient;
  /** Told apart from that of every other replica, and of the same one before a restart. */
  readonly identity: string;
  readonly clock: Clock;
  readonly observer: ElectionObserver;
  /** A number from 0 up to 1, for jitter. */
  readonly random?: () => number;
}

/** Hears how an election goes. */
export interface ElectionObserver {
  /** Somebody else leads; told once for each holder. */
  waiting(holder: string): void;
  leading(): void;
  /** The lease was read or written. */
  answered(): void;
  /** The lease could not be read or written; it is tried again. */
  failed(error: unknown): void;
}

/** A term of office. */
export interface Term extends Fence {
  /** Aborts, with a {@linkcode LeaseLostError}, when the lease is lost. */
  readonly signal: AbortSignal;
  /**
   * Whether the lease is fresh at this very moment, however long this process was stopped before it.
   *
   * @throws {LeaseLostError} when it is not
   */
  assertFresh(): void;
}

/** A lease that has not changed for this long belongs to nobody. */
export const LEASE_MS = 15_000;
/** A leader that has not renewed for this long leads no more: well before anybody else may begin to. */
const RENEW_WITHIN_MS = 10_000;
/** A leader renews, and a standby looks, at least this often. */
const RETRY_MS = 2_000;
/** A frozen connection is never heard of again: after this the next attempt is made, on a fresh one. */
const ATTEMPT_MS = 3_000;
/** How long a leader that ends may take to say so. */
const RELEASE_WITHIN_MS = 2_000;

/** The lease while it is ours. */
export class HeldLease implements Term {
  readonly #options: ElectionOptions;
  readonly #lost: LinkedAbort = linkedAbort();
  #lease: Lease;
  /** When the last successful renewal was sent, which is before anybody saw it; monotonic milliseconds. */
  #renewedAt: number;

  constructor(options: ElectionOptions, lease: Lease, renewedAt: number) {
    this.#options = options;
    this.#lease = lease;
    this.#renewedAt = renewedAt;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  assertFresh(): void {
    if (this.#leftMs() <= 0) this.#loseByTime();
    this.#lost.signal.throwIfAborted();
  }

  /** Renews until `signal` aborts or the lease is lost. */
  async renew(signal: AbortSignal): Promise<void> {
    const { identity, clock, observer, random } = this.#options;
    const claim = { holder: identity, durationMs: LEASE_MS, transitions: this.#lease.transitions };
    using end = linkedAbort(signal, this.#lost.signal);
    while (!end.signal.aborted) {
      await sleep(clock, Math.min(pauseMs(random), Math.max(0, this.#leftMs())), end.signal);
      if (end.signal.aborted) return;
      if (this.#leftMs() <= 0) return this.#loseByTime();
      const sentAt = clock.monotonic();
      try {
        await inTime((signal) => this.#write(claim, signal), clock, end.signal, this.#leftMs());
        this.#renewedAt = sentAt;
        observer.answered();
      } catch (error) {
        if (!end.signal.aborted) observer.failed(error);
      }
    }
  }

  /** Lets another replica begin at once. A lease that is not given back runs out by itself. */
  async release(): Promise<void> {
    const { clock, observer } = this.#options;
    if (this.#lost.signal.aborted || this.#leftMs() <= 0) return;
    // A lease of no duration is refused.
    const nobody = { holder: "", durationMs: 1_000, transitions: this.#lease.transitions };
    this.#renewedAt = -Infinity;
    try {
      await inTime((signal) => this.#write(nobody, signal), clock, this.#lost.signal, RELEASE_WITHIN_MS);
    } catch (error) {
      observer.failed(error);
    }
  }

  async #write(claim: LeaseClaim, signal: AbortSignal): Promise<void> {
    const { client, identity } = this.#options;
    try {
      this.#lease = await client.replace(this.#lease, claim, signal);
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
      // Another replica has written, a person with kubectl, or we ourselves when the answer was lost.
      const found = await client.get(signal);
      if (found !== undefined && found.holder !== identity) {
        return this.#lose(`the lease is held by ${found.holder || "nobody"}`);
      }
      this.#lease = found === undefined
        ? await client.create(claim, signal)
        : await client.replace(found, claim, signal);
    }
  }

  #leftMs(): number {
    return this.#renewedAt + RENEW_WITHIN_MS - this.#options.clock.monotonic();
  }

  #loseByTime(): void {
    this.#lose(`the lease was not renewed within ${RENEW_WITHIN_MS / 1000} s`);
  }

  #lose(why: string): void {
    if (!this.#lost.signal.aborted) {
      this.#lost.abort(new LeaseLostError(`This replica leads no more: ${why}.`));
    }
  }
}

/** How long to wait before the lease is looked at again: up to a fifth less than at most, so that replicas drift apart. */
export function pauseMs(random?: () => number): number {
  return jittered(RETRY_MS / 1.25, random);
}

/**
 * What `call` brings within the time of one attempt, or within `ms` if that is less.
 *
 * @throws {ConnectionError} `timeout` when it took longer
 */
export async function inTime<T>(
  call: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
  ms = ATTEMPT_MS,
): Promise<T> {
  using attempt = linkedAbort(signal);
  const allowedMs = Math.min(ms, ATTEMPT_MS);
  const cancel = clock.after(allowedMs, () => {
    const message = `The lease cannot be had: the API server does not answer within ${ATTEMPT_MS / 1000} s.`;
    attempt.abort(new ConnectionError("timeout", message));
  });
  try {
    return await call(attempt.signal);
  } finally {
    cancel();
  }
}
