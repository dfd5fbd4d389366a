/** Leader election on a lease: of several replicas one leads, and knows at each moment whether it still does. */

import { linkedAbort } from "../api/abort.ts";
import { sleep } from "../api/clock.ts";
import { isConflict } from "../api/errors.ts";
import type { Lease } from "../api/ports.ts";
import { type ElectionOptions, HeldLease, inTime, LEASE_MS, pauseMs, type Term } from "./held_lease.ts";

/**
 * Waits for the lease, calls `lead` while holding it, and gives it back when that ends. It ends early when `signal`
 * aborts.
 *
 * @throws {LeaseLostError} when the lease was lost before `lead` had ended, and before `signal` aborted
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
  // Whoever was told to stop leads no more either way.
  if (!signal.aborted) held.signal.throwIfAborted();
}

/** A replica that would lead. Time passes by its own monotonic clock alone: no other's is ever compared. */
class Candidate {
  readonly #options: ElectionOptions;
  /** The lease as it was seen last, and until when it holds unless it changes before; monotonic milliseconds. */
  #seen: Pick<Lease, "resourceVersion" | "holder"> & { readonly until: number } = {
    resourceVersion: "",
    holder: "",
    until: -Infinity,
  };
  #told = "";

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** The lease, once it is ours; undefined when `signal` aborted before. */
  async acquire(signal: AbortSignal): Promise<HeldLease | undefined> {
    const { clock, observer, random } = this.#options;
    while (!signal.aborted) {
      try {
        const held = await inTime((signal) => this.#try(signal), clock, signal);
        observer.answered();
        if (held !== undefined) return held;
      } catch (error) {
        if (!signal.aborted && !isConflict(error)) observer.failed(error);
      }
      const heldMs = this.#seen.until - clock.monotonic();
      await sleep(clock, heldMs > 0 ? Math.min(heldMs, pauseMs(random)) : pauseMs(random), signal);
    }
    return undefined;
  }

  async #try(signal: AbortSignal): Promise<HeldLease | undefined> {
    const { client, identity, clock } = this.#options;
    const found = await client.get(signal);
    if (!this.#isFree(found)) return undefined;
    const sentAt = clock.monotonic();
    const claim = { holder: identity, durationMs: LEASE_MS, transitions: (found?.transitions ?? -1) + 1 };
    const lease = found === undefined
      ? await client.create(claim, signal)
      : await client.replace(found, claim, signal);
    return new HeldLease(this.#options, lease, sentAt);
  }

  /** Whether nobody leads. Who did goes on for a while when somebody has deleted the lease, and makes a new one. */
  #isFree(found: Lease | undefined): boolean {
    const { identity, clock, observer } = this.#options;
    const now = clock.monotonic();
    if (found !== undefined && found.resourceVersion !== this.#seen.resourceVersion) {
      const { resourceVersion, holder, durationMs } = found;
      this.#seen = { resourceVersion, holder, until: now + durationMs };
    }
    const { holder, until } = this.#seen;
    // Ours: a claim of which the answer was lost.
    if (holder === "" || holder === identity || now >= until) return true;
    if (holder !== this.#told) observer.waiting(this.#told = holder);
    return false;
  }
}
