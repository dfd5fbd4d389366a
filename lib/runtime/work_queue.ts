/** The work queue: which keys to work on, each at most once at a time, none before its time. */

import type { Clock } from "../api/clock.ts";
import { TimeHeap } from "./time_heap.ts";

interface Entry<Item> {
  readonly item: Item;
  /** When to hand it out; Infinity while nobody asks for it. */
  dueAt: number;
  /** No sooner than this, whoever asks: the end of its quiet time, or of its penalty for failing. */
  notBefore: number;
  /** When a worker began with it; Infinity until then. */
  begunAt: number;
  /** When somebody asked for it before all others. */
  askedAt: number;
  /** A worker has it. Then `dueAt` says when it is wanted again, and it is in no heap. */
  running: boolean;
}

/** So many stale times are not worth a clean-up. */
const SPARE_TIMES = 64;

/** What a queue needs. */
export interface WorkQueueOptions<Item> {
  readonly clock: Clock;
  /** Equal keys are the same work. */
  readonly keyOf: (item: Item) => string;
  /** Changes within this time after a start are handled together; milliseconds. */
  readonly coalesceMs?: number;
  /** Hears how long an item waited beyond its time, in milliseconds. */
  readonly onWait?: (ms: number) => void;
}

/** How a queue fares. */
export interface QueueState<Item> {
  /** How many items are due and wait for a worker. */
  readonly depth: number;
  /** For how long the oldest of them has been due; 0 when there is none. Milliseconds. */
  readonly oldestMs: number;
  /** Whether a worker waits for an item. */
  readonly hasIdleWorker: boolean;
  /** What a worker has had for longest; undefined when no worker has anything. */
  readonly longestRunning: { readonly item: Item; readonly ms: number } | undefined;
}

/**
 * A deduplicating queue with delays.
 *
 * The first request after quiet is handed out at once, further ones for the same key {@linkcode coalesceMs} after that
 * start, as one. A key that a worker holds is never handed to another.
 */
export class WorkQueue<Item> {
  readonly #clock: Clock;
  readonly #keyOf: (item: Item) => string;
  readonly #coalesceMs: number;
  readonly #onWait: (ms: number) => void;
  readonly #entries = new Map<string, Entry<Item>>();
  /** Holds each entry without a worker at least under {@linkcode nextStep}; its other times there are skipped. */
  readonly #heap = new TimeHeap<Entry<Item>>();
  readonly #takers: ((item: Item) => void)[] = [];
  #cancelTimer = () => {};

  constructor({ clock, keyOf, coalesceMs = 100, onWait = () => {} }: WorkQueueOptions<Item>) {
    this.#clock = clock;
    this.#keyOf = keyOf;
    this.#coalesceMs = coalesceMs;
    this.#onWait = onWait;
  }

  /** How it fares now; takes a look at every item. */
  state(): QueueState<Item> {
    const now = this.#clock.monotonic();
    let [depth, firstDueAt] = [0, now];
    let longest: Entry<Item> | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.running) {
        if (entry.begunAt < (longest?.begunAt ?? Infinity)) longest = entry;
      } else if (entry.dueAt <= now) {
        depth++;
        firstDueAt = Math.min(firstDueAt, Math.max(entry.dueAt, entry.askedAt));
      }
    }
    return {
      depth,
      oldestMs: now - firstDueAt,
      hasIdleWorker: this.#takers.length > 0,
      longestRunning: longest && { item: longest.item, ms: now - longest.begunAt },
    };
  }

  /** Asks for `item` in `delayMs` milliseconds; of several requests the soonest counts. */
  add(item: Item, delayMs = 0): void {
    this.#ask(this.#entryOf(item), this.#clock.monotonic() + delayMs);
  }

  /** Asks for `item` at once, before all that wait: somebody is looking. Its quiet time, or its penalty, it keeps. */
  addFirst(item: Item): void {
    const entry = this.#entryOf(item);
    entry.askedAt = this.#clock.monotonic();
    this.#ask(entry, -Infinity);
  }

  /** The next item whose time has come; undefined once `signal` aborts. Give it back with {@linkcode done}. */
  take(signal: AbortSignal): Promise<Item | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const taker = (item: Item) => {
        signal.removeEventListener("abort", give);
        resolve(item);
      };
      const give = () => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        if (this.#takers.length === 0) this.#cancelTimer();
        resolve(undefined);
      };
      signal.addEventListener("abort", give, { once: true });
      this.#takers.push(taker);
      this.#hand();
    });
  }

  /** Tells that the work on an item that was handed out begins now. */
  begin(item: Item): void {
    const entry = this.#entries.get(this.#keyOf(item));
    if (entry !== undefined) entry.begunAt = this.#clock.monotonic();
  }

  /** Ends the work on an item; what was asked for meanwhile is due at its time, but not within `pauseMs`. */
  done(item: Item, pauseMs = 0): void {
    const entry = this.#entries.get(this.#keyOf(item));
    if (entry === undefined) return;
    entry.running = false;
    entry.notBefore = Math.max(entry.notBefore, this.#clock.monotonic() + pauseMs);
    entry.dueAt = Math.max(entry.dueAt, entry.notBefore);
    this.#wait(entry);
  }

  #entryOf(item: Item): Entry<Item> {
    const key = this.#keyOf(item);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        item,
        dueAt: Infinity,
        notBefore: -Infinity,
        begunAt: Infinity,
        askedAt: -Infinity,
        running: false,
      };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #ask(entry: Entry<Item>, at: number): void {
    const dueAt = Math.max(at, entry.notBefore);
    if (dueAt >= entry.dueAt) return;
    entry.dueAt = dueAt;
    if (!entry.running) this.#wait(entry);
  }

  #wait(entry: Entry<Item>): void {
    this.#heap.push(nextStep(entry), entry);
    // Each change of plan leaves a stale time behind, which for a long interval would stay for long.
    if (this.#heap.size > 2 * this.#entries.size + SPARE_TIMES) this.#heap.retain(isCurrent);
    this.#hand();
  }

  /** Gives due items to waiting takers, then sets the timer for the next. */
  #hand(): void {
    this.#cancelTimer();
    while (this.#takers.length > 0) {
      const next = this.#heap.peek();
      if (next === undefined) return;
      const { at, value: entry } = next;
      const stale = !isCurrent(at, entry);
      const now = this.#clock.monotonic();
      if (!stale && at > now) {
        this.#cancelTimer = this.#clock.after(at - now, () => this.#hand());
        return;
      }
      this.#heap.pop();
      if (stale) continue;
      if (entry.dueAt === Infinity) {
        this.#forget(entry);
        continue;
      }
      entry.running = true;
      entry.begunAt = Infinity;
      entry.dueAt = Infinity;
      entry.notBefore = now + this.#coalesceMs;
      this.#onWait(now - Math.max(at, entry.askedAt));
      this.#takers.shift()?.(entry.item);
    }
  }

  #forget(entry: Entry<Item>): void {
    const key = this.#keyOf(entry.item);
    // Unless it was forgotten before and another entry has taken its place.
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}

/** Whether the entry still waits for this very time. */
function isCurrent<Item>(at: number, entry: Entry<Item>): boolean {
  return !entry.running && nextStep(entry) === at;
}

/** When an entry without a worker is handed out; when nobody asks for it, when its quiet time is over. */
function nextStep<Item>({ dueAt, notBefore }: Entry<Item>): number {
  return dueAt === Infinity ? notBefore : dueAt;
}
