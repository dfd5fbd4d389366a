/** How each watched collection fares: whether it has been read, and why not, told once for each state. */

import { ApiError, errorKind } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import type { WatcherObserver } from "../runtime/watcher.ts";

/** What is told of, and to whom. */
export interface SourceHealthOptions {
  /** For example `pods`. */
  readonly resource: string;
  /** The namespace that is watched, or undefined for all. */
  readonly namespace: string | undefined;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
  /** Says an error in one sentence, with the next step. */
  readonly explain: (error: unknown) => string;
  /** Hears of every change of {@linkcode SourceHealth.synced} or {@linkcode SourceHealth.denied}. */
  readonly onChange: () => void;
  /** Hears of an error before the collection has ever been read, and says whether that ends the operator. */
  readonly onEarlyFailure: (error: unknown) => boolean;
}

/** Follows one watcher. */
export class SourceHealth implements WatcherObserver {
  readonly #options: SourceHealthOptions;
  #synced = false;
  /** The kind of the failure that was told last; undefined while all is well. */
  #told: string | undefined;
  #denied: string | undefined;

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

  /** Why the API server refuses to show the collection; undefined while it shows it, or cannot be reached at all. */
  get denied(): string | undefined {
    return this.#denied;
  }

  live(): void {
    const { resource, namespace, log, onChange } = this.#options;
    if (this.#told !== undefined) log.info("watching again", { resource, namespace });
    const changed = !this.#synced || this.#denied !== undefined;
    this.#told = this.#denied = undefined;
    this.#synced = true;
    if (changed) onChange();
  }

  ended(end: Parameters<WatcherObserver["ended"]>[0], error: unknown): void {
    const { resource, namespace, log, metrics } = this.#options;
    // Silence is legal: a watch resumed after it has lost nothing.
    if (end !== "idle") metrics.observeWatchRestart(resource, end === "failed" ? errorKind(error) : end);
    if (end === "failed") this.#failed(error);
    else log.debug("watch ended", { resource, namespace, end });
  }

  #failed(error: unknown): void {
    const { resource, namespace, log, explain, onChange, onEarlyFailure } = this.#options;
    if (!this.#synced && onEarlyFailure(error)) return;
    if (this.#told !== errorKind(error)) {
      this.#told = errorKind(error);
      log.warn("cannot watch, trying again", { resource, namespace, problem: explain(error) });
    }
    // Only a refusal says that the pods are not for us; whoever cannot be reached cannot be written to either.
    if (this.#denied !== undefined || !isRefusal(error)) return;
    this.#denied = explain(error);
    onChange();
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.code);
}
