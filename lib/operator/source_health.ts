/** How each watched collection fares: whether it has been read, whether that can still be trusted, told once a state. */

import type { Clock } from "../api/clock.ts";
import { ApiError, errorKind } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import type { WatchEnd, WatcherObserver } from "../runtime/watcher_event.ts";

/** What is told of, and to whom. */
export interface SourceHealthOptions {
  /** For example `pods`. */
  readonly resource: string;
  /** The namespace that is watched, or undefined for all. */
  readonly namespace: string | undefined;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Logger;
  readonly metrics: Pick<OperatorMetrics, "observeWatchRestart" | "observeRelist">;
  /** Says an error in one sentence, with the next step. */
  readonly explain: (error: unknown) => string;
  /** Hears of every change of {@linkcode SourceHealth.synced} or {@linkcode SourceHealth.problem}. */
  readonly onChange: () => void;
  /** Hears of an error before the collection has ever been read, and says whether that ends the operator. */
  readonly onEarlyFailure: (error: unknown) => boolean;
}

/** After this long without a working watch, what was read is no longer held to be true; milliseconds. */
const TRUSTED_MS = 60_000;
/** What was not heard of for longer than this is not up to date; milliseconds. */
export const FRESH_MS = 120_000;
/** Whatever a server has to tell, it tells within this: a watch that ends sooner has proven nothing; milliseconds. */
const PROVEN_MS = 1_000;

/** Follows one watcher. */
export class SourceHealth implements WatcherObserver {
  readonly #options: SourceHealthOptions;
  #synced = false;
  /** The kind of the failure that was told last; undefined while all is well. */
  #told: string | undefined;
  /** Since when there has been no working watch; monotonic milliseconds. */
  #failingSince: number | undefined;
  #problem: string | undefined;
  /** When the collection was last known to be current; monotonic milliseconds. */
  #heardAt: number | undefined;
  /** Since when the watch under way has been open; monotonic milliseconds. */
  #openSince: number | undefined;
  /** Whether the last watch ended as soon as it was open: then that the next one is accepted means little. */
  #isDoubtful = false;

  constructor(options: SourceHealthOptions) {
    this.#options = options;
  }

  get resource(): string {
    return this.#options.resource;
  }

  /** Whether the collection has been read in full at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  /**
   * Why what was read is not to be trusted: the API server refuses to show the collection, or has not managed to for a
   * minute. Undefined while all is well.
   */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** How long ago what was read was last known to be current, in milliseconds; undefined before that. Silence is legal. */
  get ageMs(): number | undefined {
    if (this.#heardAt === undefined) return undefined;
    const now = this.#options.clock.monotonic();
    const openSince = this.#openSince ?? -Infinity;
    const isBelieved = !this.#isDoubtful || now - openSince >= PROVEN_MS;
    return now - (isBelieved ? Math.max(this.#heardAt, openSince) : this.#heardAt);
  }

  /** Whether what was read is up to date, and to be trusted. */
  get isFresh(): boolean {
    return this.#problem === undefined && (this.ageMs ?? Infinity) <= FRESH_MS;
  }

  live(): void {
    this.#openSince = this.#options.clock.monotonic();
    if (!this.#isDoubtful) this.#recover();
  }

  heard(): void {
    this.#heardAt = this.#options.clock.monotonic();
    this.#isDoubtful = false;
    this.#recover();
  }

  ended(end: WatchEnd, error: unknown, resumes: boolean): void {
    const { resource, namespace, log, metrics } = this.#options;
    const cause = end === "failed" ? errorKind(error) : end;
    // Silence is legal: a watch resumed after it has lost nothing.
    if (end !== "idle") metrics.observeWatchRestart(resource, cause);
    if (this.#synced && !resumes) metrics.observeRelist(resource, cause);
    this.#close();
    if (end === "failed") this.#failed(error);
    else log.debug("watch ended", { resource, namespace, end });
  }

  #recover(): void {
    const { resource, namespace, log, onChange } = this.#options;
    if (this.#told !== undefined) log.info("watching again", { resource, namespace });
    const changed = !this.#synced || this.#problem !== undefined;
    this.#told = this.#problem = this.#failingSince = undefined;
    this.#synced = true;
    if (changed) onChange();
  }

  /** Takes down what the watch that has ended has proven. */
  #close(): void {
    const openSince = this.#openSince;
    if (openSince === undefined) return;
    this.#openSince = undefined;
    const heardAt = this.#heardAt ?? -Infinity;
    const isProven = heardAt >= openSince || this.#options.clock.monotonic() - openSince >= PROVEN_MS;
    this.#isDoubtful = !isProven;
    if (!isProven) return;
    this.#heardAt = Math.max(heardAt, openSince);
    this.#recover();
  }

  forgetful(): void {
    const { resource, namespace, log } = this.#options;
    log.warn("the API server forgets its history again and again, reading all of it ever more slowly", {
      resource,
      namespace,
    });
  }

  #failed(error: unknown): void {
    const { resource, namespace, clock, log, explain, onChange, onEarlyFailure } = this.#options;
    if (!this.#synced && onEarlyFailure(error)) return;
    if (this.#told !== errorKind(error)) {
      this.#told = errorKind(error);
      log.warn("cannot watch, trying again", { resource, namespace, problem: explain(error) });
    }
    this.#failingSince ??= clock.monotonic();
    if (this.#problem !== undefined) return;
    if (!isRefusal(error) && clock.monotonic() - this.#failingSince < TRUSTED_MS) return;
    this.#problem = explain(error);
    onChange();
  }
}

/** Whether the server has made up its mind: waiting will not change that. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.code);
}
