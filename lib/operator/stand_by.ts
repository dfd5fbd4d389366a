/** Of several replicas the leader alone is the operator; the others serve health and metrics, and wait for their turn. */

import { linkedAbort } from "../api/abort.ts";
import type { Clock } from "../api/clock.ts";
import { errorKind } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import type { LeaseClient } from "../api/ports.ts";
import { StandbyMetrics } from "../metrics/standby_metrics.ts";
import type { ElectionObserver, Term } from "../runtime/held_lease.ts";
import { runElected } from "../runtime/leader.ts";
import { staleness } from "./freshness.ts";
import { measureLoopLag } from "./loop_lag.ts";
import { createHandler, type Handler, type Listen, listen, type ListenAddress } from "./server.ts";

/** What a replica stands by with. */
export interface StandbyOptions {
  readonly lease: LeaseClient;
  /** Told apart from that of every other replica, and of the same one before a restart. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Where to serve health and metrics; undefined for nowhere. */
  readonly listenOn: ListenAddress | undefined;
  readonly memory: () => { readonly rss: number; readonly heapUsed: number };
  /** Says an error in one sentence, with the next step. */
  readonly explain: (error: unknown) => string;
  /** Whether an error met before the lease was ever read will not heal by itself. */
  readonly isHopeless: (error: unknown) => boolean;
}

/**
 * Waits for the lease, and calls `lead` while holding it with the way to serve in place of the standby. Ends when that
 * does, or when `signal` aborts.
 *
 * @throws {ListenError} when the metrics address cannot be had
 * @throws {LeaseLostError} when the lease was lost
 * @throws what `isHopeless` called hopeless, and what `lead` throws
 */
export async function standBy(
  options: StandbyOptions,
  signal: AbortSignal,
  lead: (term: Term, listen: Listen) => Promise<void>,
): Promise<void> {
  const { lease: client, identity, clock, log, listenOn } = options;
  using end = linkedAbort(signal);
  using waiting = linkedAbort(end.signal);
  let hopeless: { readonly error: unknown } | undefined;
  const observer = new ElectionNews(options, (error) => {
    hopeless = { error };
    end.abort();
  });
  const loopLag = measureLoopLag(clock, waiting.signal);
  const metrics = new StandbyMetrics({ version: options.version, memory: options.memory, loopLag });
  const front = new Front(createHandler({ missing: () => observer.missing, metrics, clock }));
  try {
    await using server = listenOn && listen(listenOn, front.handler);
    if (server) log.info("serving health and metrics", { address: server.address });
    await runElected({ client, identity, clock, observer }, end.signal, async (term) => {
      waiting.abort();
      await lead(term, (_address, handler) => front.hand(handler, server!.address));
    });
  } finally {
    waiting.abort();
  }
  if (hopeless) throw hopeless.error;
}

/** One server for the whole life of a replica: who answers changes, the address does not. */
class Front {
  readonly #standby: Handler;
  #current: Handler;

  constructor(standby: Handler) {
    this.#standby = this.#current = standby;
  }

  get handler(): Handler {
    return (request) => this.#current(request);
  }

  /** Lets `handler` answer until the result is disposed of. */
  hand(handler: Handler, address: string): ReturnType<Listen> {
    this.#current = handler;
    return {
      address,
      [Symbol.asyncDispose]: () => {
        this.#current = this.#standby;
        return Promise.resolve();
      },
    };
  }
}

/** Tells how the election goes, once a state; and whether that is known at all. */
class ElectionNews implements ElectionObserver {
  readonly #options: StandbyOptions;
  readonly #onHopeless: (error: unknown) => void;
  /** When the lease was last read or written; monotonic milliseconds, undefined before that. */
  #answeredAt: number | undefined;
  /** The kind of the failure that was told last; undefined while all is well. */
  #told: string | undefined;

  constructor(options: StandbyOptions, onHopeless: (error: unknown) => void) {
    this.#options = options;
    this.#onHopeless = onHopeless;
  }

  /** What a replica waits for that is not ready; one that has seen lately that another leads is. */
  get missing(): readonly string[] {
    if (this.#answeredAt === undefined) return ["the lease"];
    const stale = staleness("the lease", this.#options.clock.monotonic() - this.#answeredAt);
    return stale === undefined ? [] : [stale];
  }

  waiting(holder: string): void {
    this.#options.log.info("standing by", { leader: holder });
  }

  leading(): void {
    this.#options.log.info("leading", { identity: this.#options.identity });
  }

  answered(): void {
    this.#answeredAt = this.#options.clock.monotonic();
    this.#told = undefined;
  }

  failed(error: unknown): void {
    const { log, explain, isHopeless } = this.#options;
    if (this.#answeredAt === undefined && isHopeless(error)) return this.#onHopeless(error);
    if (this.#told === errorKind(error)) return;
    this.#told = errorKind(error);
    log.warn("cannot read or renew the lease, trying again", { problem: explain(error) });
  }
}
