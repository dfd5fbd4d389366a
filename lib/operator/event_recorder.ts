/** Tells the users of policies what has changed, as Kubernetes Events: few of them, never in the way of a reconcile. */

import { linkedAbort } from "../api/abort.ts";
import { type Clock, sleep } from "../api/clock.ts";
import type { DevOpsPolicy } from "../api/devops_policy.ts";
import { ApiError, errorKind, isNotFound, LeaseLostError } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import type { EventClient, NewEvent } from "../api/ports.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import type { News } from "../policy/news.ts";
import { WorkQueue } from "../runtime/work_queue.ts";

/** What a recorder needs. */
export interface EventRecorderOptions {
  readonly client: EventClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<OperatorMetrics, "observeEvent">;
  /** Says an error in one sentence, with the next step. */
  readonly explain: (error: unknown) => string;
  /** Resolves when there is sense in telling anybody, or when its signal aborts; at once when left out. */
  readonly mayBegin?: (signal: AbortSignal) => Promise<void>;
}

/** An event, as often as it has happened. */
interface Series {
  readonly event: NewEvent;
  count: number;
  /** Milliseconds since 1970. */
  lastAt: number;
  /** The same moment, in monotonic milliseconds. */
  lastSeenAt: number;
  /** Which count the server was last told, whether it took it or not. */
  tried: number;
  /** Whether the server has the event. */
  isThere: boolean;
}

/** What happens again within this is one event, counted; after it, a new one. Milliseconds. */
const SERIES_MS = 10 * 60_000;
/** How often a count is told at most; milliseconds. */
const COUNT_MS = 10_000;
/** Between two calls for all policies together: ten a second; milliseconds. */
const SPACING_MS = 100;
/** So many events may wait to be told; what comes then is dropped. */
const MAX_WAITING = 1_000;
/** So many events are remembered, so that they can be counted. */
const MAX_REMEMBERED = 4_000;
/** How long the last events may take when the operator ends; milliseconds. */
const LAST_EVENTS_MS = 2_000;

/** Records events. The server hears of each once; what it does not take is not told again until it happens again. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #queue: WorkQueue<Series>;
  /** By policy and topic, in the order in which they last happened. */
  readonly #series = new Map<string, Series>();
  /** How many series have a count that the server was not told. */
  #waiting = 0;
  /** The kinds of failures that were told. */
  readonly #toldFailures = new Set<string>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    const { clock } = options;
    this.#queue = new WorkQueue({ clock, keyOf: ({ event }) => event.name, coalesceMs: COUNT_MS });
  }

  /** Takes down what there is to tell of `policy`, and returns at once. */
  record(policy: DevOpsPolicy, news: readonly News[]): void {
    for (const one of news) this.#record(policy, one);
  }

  /** Tells what is recorded, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, mayBegin } = this.#options;
    let nextAt = -Infinity;
    for (
      let series = await this.#queue.take(signal);
      series !== undefined;
      series = await this.#queue.take(signal)
    ) {
      const waitMs = nextAt - clock.monotonic();
      if (waitMs > 0) await sleep(clock, waitMs, signal);
      await mayBegin?.(signal);
      if (signal.aborted) return;
      nextAt = clock.monotonic() + SPACING_MS;
      await this.#tell(series, signal);
      this.#queue.done(series);
    }
  }

  /** Tells what is left once {@linkcode run} has ended: for a moment, unless `signal` aborts or the server takes nothing. */
  async finish(signal: AbortSignal): Promise<void> {
    using bounded = linkedAbort(signal);
    const cancel = this.#options.clock.after(LAST_EVENTS_MS, () => bounded.abort());
    for (const series of this.#series.values()) {
      if (bounded.signal.aborted || !await this.#tell(series, bounded.signal)) break;
    }
    cancel();
  }

  #record(policy: DevOpsPolicy, news: News): void {
    const { clock, metrics } = this.#options;
    const key = `${policy.metadata.uid} ${news.type} ${news.reason} ${news.topic}`;
    const known = this.#series.get(key);
    const now = clock.monotonic();
    const isSame = known !== undefined && now - known.lastSeenAt < SERIES_MS;
    if (!isSame && this.#waiting >= MAX_WAITING) return metrics.observeEvent("dropped");
    const series = isSame ? known : newSeries(toEvent(policy, news, clock.now()));
    if (series.tried === series.count) this.#waiting++;
    series.count++;
    series.lastAt = clock.now();
    series.lastSeenAt = now;
    // Taken out first: what happened last is last.
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > MAX_REMEMBERED && oldest !== undefined) this.#series.delete(oldest);
    this.#queue.add(series);
  }

  /** Whether the server knows of all there is of `series`. */
  async #tell(series: Series, signal: AbortSignal): Promise<boolean> {
    const { client, metrics } = this.#options;
    const { event, count, lastAt, tried, isThere } = series;
    if (tried === count) return true;
    const times = count > 1 ? { count, lastAt } : undefined;
    series.tried = count;
    this.#waiting--;
    try {
      if (!isThere || times === undefined) await client.create(event, times, signal);
      else await client.repeat({ namespace: event.subject.namespace, name: event.name }, times, signal);
      series.isThere = true;
      metrics.observeEvent("written");
      return true;
    } catch (error) {
      // What somebody else may be writing by now is not ours to tell.
      if (signal.aborted || error instanceof LeaseLostError) {
        series.tried = tried;
        this.#waiting++;
        return false;
      }
      // Events are kept for an hour or so.
      if (isNotFound(error)) series.isThere = false;
      metrics.observeEvent("failed");
      this.#tellFailure(error);
      return false;
    }
  }

  #tellFailure(error: unknown): void {
    const { log, explain } = this.#options;
    const kind = errorKind(error);
    if (this.#toldFailures.has(kind) || isOfEndingNamespace(error)) return;
    this.#toldFailures.add(kind);
    log.warn("cannot write events, going on without them", { problem: explain(error) });
  }
}

function newSeries(event: NewEvent): Series {
  return { event, count: 0, lastAt: event.firstAt, lastSeenAt: -Infinity, tried: 0, isThere: false };
}

function toEvent(policy: DevOpsPolicy, { type, reason, note }: News, firstAt: number): NewEvent {
  const { namespace, name, resourceVersion, metadata: { uid } } = policy;
  return {
    name: eventName(name),
    subject: { namespace, name, resourceVersion, ...(uid !== undefined && { uid }) },
    type,
    reason,
    note,
    firstAt,
  };
}

/** Of the policy's name, with letters behind it that no other event has; 253 are the most that a name may have. */
function eventName(policy: string): string {
  const suffix = crypto.randomUUID();
  // A name cut at a dot or a hyphen would not be one.
  return `${policy.slice(0, 253 - 1 - suffix.length).replace(/[^a-z0-9]+$/, "")}.${suffix}`;
}

/** Whether the server refuses an event because the namespace is on its way out, which takes the policy with it. */
function isOfEndingNamespace(error: unknown): boolean {
  return error instanceof ApiError && error.code === 403 && error.message.includes("is being terminated");
}
