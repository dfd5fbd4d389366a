/** The controller: workers that take keys from a queue, reconcile them, and decide when each comes back. */

import type { Clock } from "../api/clock.ts";
import { ApiError, ConnectionError, isTransient } from "../api/errors.ts";
import { Stretch } from "../api/stretch.ts";
import { backoffMs } from "./backoff.ts";
import type { WorkQueue } from "./work_queue.ts";

/** What a reconcile wants next: to be called again after a while, or (undefined) only when something changes. */
export interface Action {
  readonly requeueAfterMs: number | undefined;
}

/** Hears of each reconcile. */
export interface ControllerObserver<Item> {
  reconciled(item: Item, durationMs: number): void;
  /** @param retryAfterMs when it is tried again if nothing changes */
  failed(item: Item, error: unknown, durationMs: number, retryAfterMs: number): void;
}

/** What a controller needs. */
export interface ControllerOptions<Item> {
  readonly queue: WorkQueue<Item>;
  readonly keyOf: (item: Item) => string;
  readonly reconcile: (item: Item) => Promise<Action>;
  readonly clock: Clock;
  readonly observer: ControllerObserver<Item>;
  /** Resolves when there is sense in a reconcile; at once when left out, and in any case when the controller is to end. */
  readonly mayBegin?: () => Promise<void>;
  /** How many reconciles may be under way at once. */
  readonly workers?: number;
  /** The time that workers share with other long work; their own when left out. */
  readonly stretch?: Stretch;
}

/** A reconcile that failed for a reason that lasts is tried again after this, if nothing changes. */
const RETRY_MS = 60_000;
/** A change, or a reason that passes, brings a failed reconcile back sooner: after 1, 2, 4 … 60 seconds. */
const FAILURE_FLOOR = { baseMs: 1_000, maxMs: 60_000 };

/** Runs until `signal` aborts and the reconciles under way have ended; a failing reconcile never ends it. */
export async function runController<Item>(
  {
    queue,
    keyOf,
    reconcile,
    clock,
    observer,
    mayBegin = () => Promise.resolve(),
    workers = 16,
    stretch = new Stretch(clock),
  }: ControllerOptions<Item>,
  signal: AbortSignal,
): Promise<void> {
  /** Failures in a row by key; a success takes the key out. */
  const failures = new Map<string, number>();

  const work = async () => {
    for (let item = await queue.take(signal); item !== undefined; item = await queue.take(signal)) {
      await mayBegin();
      if (signal.aborted) return;
      queue.begin(item);
      const startedAt = clock.monotonic();
      const key = keyOf(item);
      try {
        const { requeueAfterMs } = await reconcile(item);
        failures.delete(key);
        observer.reconciled(item, clock.monotonic() - startedAt);
        if (requeueAfterMs !== undefined) queue.add(item, requeueAfterMs);
        queue.done(item);
      } catch (error) {
        const count = (failures.get(key) ?? 0) + 1;
        failures.set(key, count);
        const askedMs = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
        const floorMs = Math.max(askedMs, backoffMs(count, FAILURE_FLOOR));
        // Where nobody answered, it may not begin until somebody does, and then it should.
        const isPassing = error instanceof ConnectionError || isTransient(error);
        const retryMs = isPassing ? floorMs : Math.max(askedMs, RETRY_MS);
        observer.failed(item, error, clock.monotonic() - startedAt, retryMs);
        queue.add(item, retryMs);
        queue.done(item, floorMs);
      }
      // What needs no write needs no network either, and ten thousand of it would let nobody else in between.
      if (stretch.isOver) await stretch.rest();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
