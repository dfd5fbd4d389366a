/** The lease of an election while it is ours: renewed, given back, and never believed in for longer than it holds. */

import { type LinkedAbort, linkedAbort } from "../api/abort.ts";
import { type Clock, sleep } from "../api/clock.ts";
import { isConflict } from "../api/errors.ts";
import type { Lease, LeaseClient } from "../api/ports.ts";
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
  /** The lease could not be read or written; it is tried again. */
  failed(error: unknown): void;
}

/** The lease went to another replica, or could not be renewed in time. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

/** A lease that has not changed for this long belongs to nobody. */
export const LEASE_MS = 15_000;
/** A leader that has not renewed for this long leads no more: well before anybody else may begin to. */
const RENEW_WITHIN_MS = 10_000;
/** How often a leader renews, and a standby looks. */
export const RETRY_MS = 2_000;
/** How long a leader that ends may take to say so. */
const RELEASE_WITHIN_MS = 2_000;

/** A term of office. */
export interface Term {
  /** Aborts, with a {@linkcode LeaseLostError}, when the lease is lost. */
  readonly signal: AbortSignal;
  /**
   * Whether the lease is fresh at this very moment, however long this process was stopped before it.
   *
   * @throws {LeaseLostError} when it is not
   */
  assertFresh(): void;
}

/** The lease while it is ours. */
export class HeldLease implements Term {
  readonly #options: ElectionOptions;
  readonly #lost: LinkedAbort = linkedAbort();
  #lease: Lease;
  /** When the last successful renewal was sent, which is before the server counted from; monotonic milliseconds. */
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
    if (!this.#lost.signal.aborted && this.#leftMs() <= 0) this.#lose("it was not renewed in time");
    this.#lost.signal.throwIfAborted();
  }

  /** Renews until `signal` aborts or the lease is lost. */
  async renew(signal: AbortSignal): Promise<void> {
    const { clock, observer, random } = this.#options;
    using end = linkedAbort(signal, this.#lost.signal);
    while (!end.signal.aborted) {
      await sleep(clock, Math.min(jittered(RETRY_MS, random), Math.max(0, this.#leftMs())), end.signal);
      if (end.signal.aborted) return;
      if (this.#leftMs() <= 0) return this.#lose("it was not renewed in time");
      using attempt = linkedAbort(end.signal);
      const cancel = clock.after(this.#leftMs(), () => attempt.abort(new LeaseLostError("too late")));
      try {
        await this.#renewOnce(attempt.signal);
      } catch (error) {
        if (!attempt.signal.aborted) observer.failed(error);
      } finally {
        cancel();
      }
    }
  }

  /** Lets another replica begin at once. A lease that is not given back runs out by itself. */
  async release(): Promise<void> {
    const { client, clock, observer } = this.#options;
    if (this.#lost.signal.aborted || this.#leftMs() <= 0) return;
    using late = linkedAbort();
    const cancel = clock.after(RELEASE_WITHIN_MS, () => late.abort());
    try {
      // A lease of no duration is refused.
      const nobody = { holder: "", durationMs: 1_000, transitions: this.#lease.transitions };
      await client.replace(this.#lease, nobody, late.signal);
    } catch (error) {
      observer.failed(error);
    } finally {
      cancel();
    }
  }

  async #renewOnce(signal: AbortSignal): Promise<void> {
    const { client, identity, clock } = this.#options;
    const claim = { holder: identity, durationMs: LEASE_MS, transitions: this.#lease.transitions };
    try {
      const sentAt = clock.monotonic();
      this.#lease = await client.replace(this.#lease, claim, signal);
      this.#renewedAt = sentAt;
    } catch (error) {
      if (!isConflict(error)) throw error;
      // Somebody has written: another replica, a person with kubectl, or we ourselves when the answer was lost.
      const found = await client.get(signal);
      if (found?.holder !== identity) return this.#lose(`it is held by ${found?.holder || "nobody"}`);
      this.#lease = found;
    }
  }

  #leftMs(): number {
    return this.#renewedAt + RENEW_WITHIN_MS - this.#options.clock.monotonic();
  }

  #lose(why: string): void {
    this.#lost.abort(new LeaseLostError(`This replica leads no more: ${why}.`));
  }
}
