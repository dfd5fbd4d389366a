/** Leader election on a lease: of several replicas one leads, and knows at each moment whether it still does. */

import { linkedAbort } from "../api/abort.ts";
import { sleep } from "../api/clock.ts";
import { isConflict } from "../api/errors.ts";
import type { Lease } from "../api/ports.ts";
import { jittered } from "./backoff.ts";
import { type ElectionOptions, HeldLease, LEASE_MS, RETRY_MS, type Term } from "./held_lease.ts";

/**
 * Waits for the lease, calls `lead` while holding it, and gives it back when that ends. It ends early when `signal`
 * aborts.
 *
 * @throws {LeaseLostError} when the lease was lost before `lead` had ended
 * @throws what `lead` throws
 */
export async function runElected(
  options: ElectionOptions,
  signal: AbortSignal,
  lead: (term: Term) => Promise<void>,
): Promise<void> {
  const held = await new Candidate(options).acquire(signal);
  if (held === undefined) return;
  options.observer.leading();
  using end = linkedAbort();
  const renewing = held.renew(end.signal);
  try {
    await lead(held);
  } finally {
    end.abort();
    await renewing;
    await held.release();
  }
  held.signal.throwIfAborted();
}

/** A replica that would lead. Time passes by its own monotonic clock alone: no other's is ever compared. */
class Candidate {
  readonly #options: ElectionOptions;
  /** The version of the lease that was seen last, and since when it has been this one; monotonic milliseconds. */
  #seen = { resourceVersion: "", since: 0 };
  #told = "";

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** The lease, once it is ours; undefined when `signal` aborted before. */
  async acquire(signal: AbortSignal): Promise<HeldLease | undefined> {
    const { clock, observer, random } = this.#options;
    while (!signal.aborted) {
      try {
        const held = await this.#try(signal);
        if (held !== undefined) return held;
      } catch (error) {
        if (!signal.aborted && !isConflict(error)) observer.failed(error);
      }
      await sleep(clock, jittered(RETRY_MS, random), signal);
    }
    return undefined;
  }

  async #try(signal: AbortSignal): Promise<HeldLease | undefined> {
    const { client, identity, clock } = this.#options;
    const found = await client.get(signal);
    if (found !== undefined && !this.#isFree(found)) return undefined;
    const sentAt = clock.monotonic();
    const claim = { holder: identity, durationMs: LEASE_MS, transitions: (found?.transitions ?? -1) + 1 };
    const lease = found === undefined
      ? await client.create(claim, signal)
      : await client.replace(found, claim, signal);
    return new HeldLease(this.#options, lease, sentAt);
  }

  #isFree({ resourceVersion, holder, durationMs }: Lease): boolean {
    const { identity, clock, observer } = this.#options;
    const now = clock.monotonic();
    if (resourceVersion !== this.#seen.resourceVersion) this.#seen = { resourceVersion, since: now };
    // Ours: a claim of which the answer was lost.
    if (holder === "" || holder === identity) return true;
    if (now - this.#seen.since >= durationMs) return true;
    if (holder !== this.#told) observer.waiting(this.#told = holder);
    return false;
  }
}
