/** One watcher's connections, one after the other: each resumes where the last one ended, or reads everything again. */

import { linkedAbort } from "../api/abort.ts";
import type { Clock } from "../api/clock.ts";
import { isGone, isUnserved } from "../api/errors.ts";
import { isNewer, type Versioned } from "../api/object.ts";
import type { ListWatch, WatchEvent, WatchStart } from "../api/ports.ts";
import { Stretch } from "../api/stretch.ts";
import { listPages, StaleListError } from "./list_pages.ts";
import { Patience } from "./patience.ts";
import type { WatchEnd, WatcherObserver, WatcherSink } from "./watcher_event.ts";

/** What a watcher needs. */
export interface WatcherOptions<T> {
  readonly source: ListWatch<T>;
  readonly clock: Clock;
  readonly sink: WatcherSink<T>;
  readonly observer?: WatcherObserver | undefined;
  /** A number from 0 up to 1, for jitter. */
  readonly random?: () => number;
  /** The time that this shares with other long work; its own when left out. */
  readonly stretch?: Stretch | undefined;
}

/** A watch without a word for this long is resumed on a fresh connection: `fetch` never notices a half-open one. */
const IDLE_MS = 45_000;
/** The first part of a watch-list that takes longer than this has lost its end on the way. */
const INITIAL_EVENTS_MS = 30_000;
/** How long after its own time limit a server may still end a watch. */
const OVERDUE_MS = 15_000;
/** So many reads in a row that are older than what was seen are no stale server any more, but the new truth. */
const MAX_STALE_READS = 6;
/** So many initial parts in a row that somebody cut short will not get through here. */
const MAX_CUT_SHORT = 2;

/** The state of a watcher between its connections. */
export class Follower<T extends Versioned> {
  readonly #options: WatcherOptions<T>;
  readonly #stretch: Stretch;
  /** Where the next watch resumes; undefined when everything must be read again. */
  #version: string | undefined;
  /** The newest version ever seen: a full read that is older comes from a stale server. */
  #newest = "";
  /** Whether the server sends initial events; remembered once it refused, or it never got through. */
  #watchList = true;
  /** How often in a row the initial events were cut short. */
  #cutShort = 0;
  /** Whether the next full read is a list, because the last one was cut short. */
  #listNext = false;
  /** Since when the watch under way, or else the last one, has been followed; monotonic milliseconds. */
  #followedSince: number | undefined;
  /** How many full reads in a row were older than what was seen. */
  #staleReads = 0;

  constructor(options: WatcherOptions<T>) {
    this.#options = options;
    this.#stretch = options.stretch ?? new Stretch(options.clock);
  }

  /** Whether the next connection goes on where the last one ended. */
  get resumes(): boolean {
    return this.#version !== undefined;
  }

  /** For how long the last watch has told what changes, or would have; 0 when it never came to that. Milliseconds. */
  get followedMs(): number {
    return this.#followedSince === undefined ? 0 : this.#options.clock.monotonic() - this.#followedSince;
  }

  /** One connection's life: whatever has to be read first, then changes until the watch ends. */
  async follow(signal: AbortSignal): Promise<WatchEnd> {
    this.#followedSince = undefined;
    try {
      if (this.#version === undefined && (!this.#watchList || this.#listNext)) await this.#list(signal);
      const start: WatchStart = this.#version === undefined
        ? { from: "initial-events" }
        : { from: "version", resourceVersion: this.#version };
      const end = await this.#watch(start, signal);
      if (end === "gone") this.#version = undefined;
      if (end === "no-watch-list") {
        this.#listNext = true;
        if (++this.#cutShort >= MAX_CUT_SHORT) this.#watchList = false;
      }
      return end;
    } catch (error) {
      if (error instanceof StaleListError) this.#staleReads++;
      throw error;
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { source, sink } = this.#options;
    const rewound = this.#rewind();
    const stretch = this.#stretch;
    const version = await listPages(source, { newest: this.#newest, rewound, sink, stretch }, signal);
    this.#listNext = false;
    await this.#complete(version);
  }

  /** Gives up what was seen, once the server has insisted for long enough on an older state. */
  #rewind(): boolean {
    const rewound = this.#staleReads >= MAX_STALE_READS;
    if (rewound) this.#newest = "";
    return rewound;
  }

  async #watch(start: WatchStart, signal: AbortSignal): Promise<WatchEnd> {
    // Who hears of a complete list may have aborted already, and an aborted signal tells nobody any more.
    if (signal.aborted) return "closed";
    const { source, clock, random = Math.random } = this.#options;
    const timeoutSeconds = Math.floor(240 + random() * 60);
    using connection = linkedAbort(signal);
    const give = (end: WatchEnd) => () => connection.abort(end);
    const cancelOverdue = clock.after(timeoutSeconds * 1000 + OVERDUE_MS, give("overdue"));
    let initial: Patience | undefined;
    let idle: Patience | undefined;
    try {
      const batches = await source.watch({ start, timeoutSeconds }, connection.signal);
      if (start.from === "version") {
        this.#followedSince = clock.monotonic();
        this.#options.observer?.live();
      } else {
        // Not before: a credential plugin may have taken its time.
        initial = new Patience(clock, INITIAL_EVENTS_MS, give("no-watch-list"));
        const rewound = this.#rewind();
        await this.#options.sink({ type: "init", rewound, newest: this.#newest });
      }
      idle = new Patience(clock, IDLE_MS, give("idle"));
      for await (const batch of batches) {
        idle.renew();
        for (const event of batch) {
          const taken = this.#take(event);
          if (taken !== undefined) await taken;
        }
        if (this.#version !== undefined) {
          initial?.cancel();
          if (batch.length > 0) this.#options.observer?.heard();
        } // As long as there is progress: the largest clusters take longer, and a list would, too.
        else if (batch.some((event) => "object" in event)) initial?.renew();
        if (this.#stretch.isOver) await this.#stretch.rest();
      }
      if (connection.signal.aborted) return connection.signal.reason;
      // Somebody on the way ends what takes long: a page at a time will get through.
      return this.#version === undefined ? "no-watch-list" : "closed";
    } catch (error) {
      if (connection.signal.aborted) return connection.signal.reason;
      if (isGone(error)) return "gone";
      if (this.#version !== undefined || !isUnserved(error)) throw error;
      this.#watchList = false;
      return "no-watch-list";
    } finally {
      cancelOverdue();
      initial?.cancel();
      idle?.cancel();
      connection.abort("closed");
    }
  }

  /** Initial events come in any order; after them, what is not newer than all before is a repetition. */
  #take(event: WatchEvent<T>): void | Promise<void> {
    const { sink } = this.#options;
    switch (event.type) {
      case "error":
        throw event.error;
      case "bookmark":
        if (this.#version !== undefined) this.#advance(event.resourceVersion);
        else if (event.initialEventsEnd) {
          this.#cutShort = 0;
          this.#followedSince = this.#options.clock.monotonic();
          return this.#complete(event.resourceVersion);
        }
        return;
      case "apply":
      case "delete":
        if (this.#version === undefined) {
          return sink({ type: event.type === "apply" ? "initApply" : "delete", object: event.object });
        }
        if (!this.#advance(event.object.resourceVersion)) return;
        return sink({ type: event.type, object: event.object });
      default:
        event satisfies never;
    }
  }

  async #complete(version: string): Promise<void> {
    if (isNewer(this.#newest, version)) throw new StaleListError(version, this.#newest);
    this.#newest = this.#version = version;
    this.#staleReads = 0;
    await this.#options.sink({ type: "initDone" });
    this.#options.observer?.live();
    this.#options.observer?.heard();
  }

  #advance(version: string): boolean {
    if (!isNewer(version, this.#newest)) return false;
    this.#newest = this.#version = version;
    return true;
  }
}
