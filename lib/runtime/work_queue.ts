/** The work queue: which keys to work on, each at most once at a time, none before its time. */

import type { Clock } from "../api/clock.ts";
import { Agenda, type Planned } from "./agenda.ts";

interface Entry<Item> extends Planned {
  readonly item: Item;
  dueAt: number;
  notBefore: number;
  isFirst: boolean;
  /** A worker has it. Then `dueAt` says when it is wanted again, and it is on no agenda. */
  running: boolean;
  /** When a worker began with it; Infinity until then. */
  begunAt: number;
}

/** What a queue needs. */
export interface WorkQueueOptions<Item> {
  readonly clock: Clock;
  /** Equal keys are the same work. */
  readonly keyOf: (item: Item) => string;
  /** Changes within this time after the work on an item are handled together; milliseconds. */
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
 * The first request after quiet is handed out at once, further ones for the same key {@linkcode coalesceMs} after the end
 * of that work, as one: so two works on a key are as far apart, however long each takes. A key that a worker holds is never
 * handed to another.
 */
export class WorkQueue<Item> {
  readonly #clock: Clock;
  readonly #keyOf: (item: Item) => string;
  readonly #coalesceMs: number;
  readonly #onWait: (ms: number) => void;
  readonly #entries = new Map<string, Entry<Item>>();
  /** Holds each entry without a worker. */
  readonly #agenda = new Agenda<Entry<Item>>();
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
        firstDueAt = Math.min(firstDueAt, entry.dueAt);
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

  /**
   * Asks for `item` at once, before all that wait: somebody is looking. Its quiet time, or its penalty, it keeps, and goes
   * before all that wait once that is over.
   */
  addFirst(item: Item): void {
    const entry = this.#entryOf(item);
    if (entry.isFirst) return;
    entry.isFirst = true;
    entry.dueAt = Math.max(this.#clock.monotonic(), entry.notBefore);
    if (!entry.running) this.#wait(entry);
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

  /**
   * Ends the work on an item; what was asked for meanwhile is due at its time, but not within `pauseMs`, nor before its quiet
   * time is over.
   */
  done(item: Item, pauseMs = 0): void {
    const entry = this.#entries.get(this.#keyOf(item));
    if (entry === undefined) return;
    entry.running = false;
    entry.notBefore = this.#clock.monotonic() + Math.max(pauseMs, this.#coalesceMs);
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
        isFirst: false,
        running: false,
        begunAt: Infinity,
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
    this.#agenda.add(entry);
    this.#hand();
  }

  /** Gives due items to waiting takers, then sets the timer for the next. */
  #hand(): void {
    this.#cancelTimer();
    const now = this.#clock.monotonic();
    while (this.#takers.length > 0) {
      const due = this.#agenda.takeDue(now);
      if (due === undefined) {
        const nextAt = this.#agenda.nextAt();
        if (nextAt < Infinity) this.#cancelTimer = this.#clock.after(nextAt - now, () => this.#hand());
        return;
      }
      const { at, entry } = due;
      if (entry.dueAt === Infinity) {
        this.#forget(entry);
        continue;
      }
      entry.running = true;
      entry.isFirst = false;
      entry.begunAt = Infinity;
      entry.dueAt = Infinity;
      this.#onWait(now - at);
      this.#takers.shift()?.(entry.item);
    }
  }

  #forget(entry: Entry<Item>): void {
    const key = this.#keyOf(entry.item);
    // Unless it was forgotten before and another entry has taken its place.
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}
