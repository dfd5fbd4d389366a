/** How each watched collection fares: whether it has been read, whether that can still be trusted, told once a state. */

import type { Clock } from "../api/clock.ts";
import { errorKind, isRefusal } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import type { WatchEnd, WatcherObserver } from "../runtime/watcher_event.ts";
import { FRESH_MS } from "./freshness.ts";

/** What is told of, and to whom. */
export interface SourceHealthOptions {
  /** For example `pods`. */
  readonly resource: string;
  /** The namespace that is watched, or undefined for all. */
  readonly namespace: string | undefined;
  readonly clock: Pick<Clock, "monotonic" | "after">;
  readonly log: Logger;
  readonly metrics: Pick<OperatorMetrics, "observeWatchRestart" | "observeRelist">;
  /** Says an error in one sentence, with the next step. */
  readonly explain: (error: unknown) => string;
  /** Hears of every change of {@linkcode SourceHealth.synced} or {@linkcode SourceHealth.problem}. */
  readonly onChange: () => void;
  /** Hears of an error before the collection has ever been read, and says whether that ends the operator. */
  readonly onEarlyFailure: (error: unknown) => boolean;
}

/** After this long without a watch that works, what was read is no longer held to be true; milliseconds. */
const TRUSTED_MS = 60_000;
/** Whatever a server has to tell, it tells within this: a watch that ends sooner has proven nothing; milliseconds. */
const PROVEN_MS = 1_000;

/** Follows one watcher. */
export class SourceHealth implements WatcherObserver, Disposable {
  readonly #options: SourceHealthOptions;
  #synced = false;
  /** The kind of the failure that was told last; undefined while all is well. */
  #told: string | undefined;
  /** Since when no watch has proven anything; monotonic milliseconds. */
  #failingSince: number | undefined;
  /** Whether the last watch was refused. One refusal may be a moment's. */
  #isRefused = false;
  #problem: string | undefined;
  /** When the collection was last known to be current; monotonic milliseconds. */
  #heardAt: number | undefined;
  /** Since when the watch under way has been open; monotonic milliseconds. */
  #openSince: number | undefined;
  /**
   * Whether what was read is not trusted, or the last watch ended as soon as it was open: then that the next one is accepted
   * means little, and what it has to tell comes first.
   */
  #isDoubtful = false;
  /** Keeps a watch that has nothing to tell from being believed once it has lasted. */
  #cancelProof = () => {};

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
   * Why what was read is not to be trusted: the API server refuses to show the collection, twice in a row, no watch has
   * worked for a minute, or nothing was heard for two. Undefined while all is well.
   */
  get problem(): string | undefined {
    if (this.#problem !== undefined || (this.ageMs ?? 0) <= FRESH_MS) return this.#problem;
    return `Cannot watch ${this.resource}: nothing was heard of them for more than ${
      FRESH_MS / 60_000
    } minutes.`;
  }

  /** How long ago what was read was last known to be current, in milliseconds; undefined before that. Silence is legal. */
  get ageMs(): number | undefined {
    if (this.#heardAt === undefined) return undefined;
    const now = this.#options.clock.monotonic();
    const isBelieved = !this.#isDoubtful || this.#hasLasted;
    return now - (isBelieved ? Math.max(this.#heardAt, this.#openSince ?? -Infinity) : this.#heardAt);
  }

  /** Whether what was read is up to date, and to be trusted. */
  get isFresh(): boolean {
    return this.problem === undefined && (this.ageMs ?? Infinity) <= FRESH_MS;
  }

  live(): void {
    const { clock } = this.#options;
    const hadProblem = this.problem !== undefined;
    this.#openSince = clock.monotonic();
    this.#isDoubtful ||= hadProblem;
    if (!this.#isDoubtful) return this.#recover();
    this.#cancelProof();
    this.#cancelProof = clock.after(PROVEN_MS, () => this.#recover());
  }

  heard(): void {
    const hadProblem = this.problem !== undefined;
    this.#heardAt = this.#options.clock.monotonic();
    this.#isDoubtful = false;
    this.#recover(hadProblem);
  }

  ended(end: WatchEnd, error: unknown, resumes: boolean): void {
    const { resource, namespace, log, metrics } = this.#options;
    const cause = end === "failed" ? errorKind(error) : end;
    // Silence is legal: a watch resumed after it has lost nothing.
    if (end !== "idle") metrics.observeWatchRestart(resource, cause);
    if (this.#synced && !resumes) metrics.observeRelist(resource, cause);
    const isProven = this.#close();
    if (end === "failed") return this.#failed(error);
    log.debug("watch ended", { resource, namespace, end });
    if (!isProven) this.#distrust(fruitless(resource, end));
  }

  /** Whether the watch under way is open for long enough to be believed, whatever came before it. */
  get #hasLasted(): boolean {
    return this.#openSince !== undefined &&
      this.#options.clock.monotonic() - this.#openSince >= PROVEN_MS;
  }

  #recover(hadProblem = this.problem !== undefined): void {
    const { resource, namespace, log, onChange } = this.#options;
    this.#cancelProof();
    if (this.#told !== undefined) log.info("watching again", { resource, namespace });
    const changed = !this.#synced || hadProblem;
    this.#told = this.#problem = this.#failingSince = undefined;
    this.#isRefused = false;
    this.#synced = true;
    if (changed) onChange();
  }

  /** Takes down what the watch that has ended has proven, and says whether that is anything. */
  #close(): boolean {
    this.#cancelProof();
    const openSince = this.#openSince;
    if (openSince === undefined) return false;
    const heardAt = this.#heardAt ?? -Infinity;
    const isProven = heardAt >= openSince || this.#hasLasted;
    this.#openSince = undefined;
    this.#isDoubtful = !isProven;
    if (!isProven) return false;
    this.#heardAt = Math.max(heardAt, openSince);
    this.#recover();
    return true;
  }

  [Symbol.dispose](): void {
    this.#cancelProof();
  }

  forgetful(): void {
    const { resource, namespace, log } = this.#options;
    log.warn("the API server forgets its history again and again, reading all of it ever more slowly", {
      resource,
      namespace,
    });
  }

  #failed(error: unknown): void {
    if (!this.#synced && this.#options.onEarlyFailure(error)) return;
    this.#tell(error);
    this.#distrust(error);
  }

  #tell(error: unknown): void {
    const { resource, namespace, log, explain } = this.#options;
    if (this.#told === errorKind(error)) return;
    this.#told = errorKind(error);
    log.warn("cannot watch, trying again", { resource, namespace, problem: explain(error) });
  }

  #distrust(error: unknown): void {
    const { clock, explain, onChange } = this.#options;
    const wasRefused = this.#isRefused;
    this.#isRefused = isRefusal(error);
    this.#failingSince ??= clock.monotonic();
    if (this.#problem !== undefined) return;
    const isMeant = wasRefused && this.#isRefused;
    if (!isMeant && clock.monotonic() - this.#failingSince < TRUSTED_MS) return;
    this.#tell(error);
    this.#problem = explain(error);
    onChange();
  }
}

/** What is wrong with watches that end as others do, but have proven nothing. */
function fruitless(resource: string, end: WatchEnd): Error {
  return new Error(
    `Cannot watch ${resource}: the API server ends each watch before it has told anything (${end}). ` +
      "Is there a proxy in between that does not let through what takes long?",
  );
}
