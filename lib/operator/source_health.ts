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
  readonly metrics: Pick<OperatorMetrics, "observeWatchRestart">;
  /** Says an error in one sentence, with the next step. */
  readonly explain: (error: unknown) => string;
  /** Hears of every change of {@linkcode SourceHealth.synced} or {@linkcode SourceHealth.problem}. */
  readonly onChange: () => void;
  /** Hears of an error before the collection has ever been read, and says whether that ends the operator. */
  readonly onEarlyFailure: (error: unknown) => boolean;
}

/** After this long without a working watch, what was read is no longer held to be true; milliseconds. */
const TRUSTED_MS = 60_000;

/** Follows one watcher. */
export class SourceHealth implements WatcherObserver {
  readonly #options: SourceHealthOptions;
  #synced = false;
  /** The kind of the failure that was told last; undefined while all is well. */
  #told: string | undefined;
  /** Since when there has been no working watch; monotonic milliseconds. */
  #failingSince: number | undefined;
  #problem: string | undefined;

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

  live(): void {
    const { resource, namespace, log, onChange } = this.#options;
    if (this.#told !== undefined) log.info("watching again", { resource, namespace });
    const changed = !this.#synced || this.#problem !== undefined;
    this.#told = this.#problem = this.#failingSince = undefined;
    this.#synced = true;
    if (changed) onChange();
  }

  ended(end: WatchEnd, error: unknown): void {
    const { resource, namespace, log, metrics } = this.#options;
    // Silence is legal: a watch resumed after it has lost nothing.
    if (end !== "idle") metrics.observeWatchRestart(resource, end === "failed" ? errorKind(error) : end);
    if (end === "failed") this.#failed(error);
    else log.debug("watch ended", { resource, namespace, end });
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
