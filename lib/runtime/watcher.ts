/** Follows one collection for as long as it is asked to: list, watch, and recovery from all that networks do. */

import { linkedAbort } from "../api/abort.ts";
import { type Clock, sleep } from "../api/clock.ts";
import { ApiError, isGone } from "../api/errors.ts";
import { isNewer, type Versioned } from "../api/object.ts";
import type { ListWatch, WatchEvent, WatchStart } from "../api/ports.ts";
import { backoffMs, jittered } from "./backoff.ts";
import { listPages, StaleListError } from "./list_pages.ts";

/** What a collection goes through, as its store needs to know it. */
export type WatcherEvent<T> =
  /** A full read begins; it may begin again before it is done. */
  | { readonly type: "init" }
  | { readonly type: "initApply"; readonly object: T }
  /** The full read is complete: whatever it did not name is gone. */
  | { readonly type: "initDone" }
  | { readonly type: "apply"; readonly object: T }
  | { readonly type: "delete"; readonly object: T };

/** Why a watch ended; all but `failed` are part of ordinary life. */
export type WatchEnd = "closed" | "idle" | "overdue" | "gone" | "no-watch-list" | "failed";

/** Hears how the watcher fares. */
export interface WatcherObserver {
  /** The collection is complete and followed. */
  live(): void;
  ended(end: WatchEnd, error: unknown): void;
}

/** What a watcher needs. */
export interface WatcherOptions<T> {
  readonly source: ListWatch<T>;
  readonly clock: Clock;
  readonly sink: (event: WatcherEvent<T>) => void;
  readonly observer?: WatcherObserver | undefined;
  /** A number from 0 up to 1, for jitter. */
  readonly random?: () => number;
}

/** A watch without a word for this long is resumed on a fresh connection: `fetch` never notices a half-open one. */
export const IDLE_MS = 45_000;
/** The first part of a watch-list that takes longer than this has lost its end on the way. */
export const INITIAL_EVENTS_MS = 30_000;
/** How long after its own time limit a server may still end a watch. */
export const OVERDUE_MS = 15_000;
/** A watch that lived this long was a healthy one: the next may start at once. */
export const HEALTHY_MS = 30_000;
/** Delays between failed tries. */
export const WATCH_BACKOFF = { baseMs: 1_000, maxMs: 30_000 };

/**
 * Runs until `signal` aborts. Never throws: what goes wrong is told to the observer and tried again, at once after a
 * watch that had lived, else after 1, 2, 4 … 30 seconds.
 */
export async function runWatcher<T extends Versioned>(
  options: WatcherOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, observer, random = Math.random } = options;
  const watcher = new Watcher(options);
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    let error: unknown;
    let end: WatchEnd;
    try {
      end = await watcher.follow(signal);
    } catch (thrown) {
      error = thrown;
      end = "failed";
    }
    if (signal.aborted) return;
    observer?.ended(end, error);
    if (clock.monotonic() - startedAt >= HEALTHY_MS) failures = 0;
    failures++;
    // The first try after a watch that had lived, or one that merely changes the way, costs nobody anything.
    const delay = failures === 1 ? 0 : backoffMs(failures - 1, WATCH_BACKOFF);
    const asked = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    await sleep(clock, jittered(Math.max(delay, asked), random), signal);
  }
}

/** The state of one watcher between its connections. */
class Watcher<T extends Versioned> {
  readonly #options: WatcherOptions<T>;
  /** Where the next watch resumes; undefined when everything must be read again. Never goes back. */
  #version: string | undefined;
  /** The newest version ever seen: a full read that is older comes from a stale server. */
  #newest = "";
  /** Whether the server (and all in front of it) can send initial events; remembered once it could not. */
  #watchList = true;

  constructor(options: WatcherOptions<T>) {
    this.#options = options;
  }

  /** One connection's life: whatever has to be read first, then changes until the watch ends. */
  async follow(signal: AbortSignal): Promise<WatchEnd> {
    if (this.#version === undefined && !this.#watchList) await this.#list(signal);
    const start: WatchStart = this.#version === undefined
      ? { from: "initial-events" }
      : { from: "version", resourceVersion: this.#version };
    const end = await this.#watch(start, signal);
    if (end === "gone") this.#version = undefined;
    if (end === "no-watch-list") this.#watchList = false;
    return end;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { source, sink } = this.#options;
    const version = await listPages(source, { newest: this.#newest, sink }, signal);
    this.#complete(version);
  }

  async #watch(start: WatchStart, signal: AbortSignal): Promise<WatchEnd> {
    // Who hears of a complete list may have aborted already, and an aborted signal tells nobody any more.
    if (signal.aborted) return "closed";
    const { source, clock, random = Math.random } = this.#options;
    const timeoutSeconds = Math.floor(240 + random() * 60);
    using connection = linkedAbort(signal);
    const give = (end: WatchEnd) => () => connection.abort(end);
    const timers = new Map([["overdue", clock.after(timeoutSeconds * 1000 + OVERDUE_MS, give("overdue"))]]);
    const restart = (name: string, ms: number, end: WatchEnd) => {
      timers.get(name)?.();
      timers.set(name, clock.after(ms, give(end)));
    };
    if (start.from === "initial-events") restart("initial", INITIAL_EVENTS_MS, "no-watch-list");
    try {
      const batches = await source.watch({ start, timeoutSeconds }, connection.signal);
      if (start.from === "version") this.#options.observer?.live();
      else this.#options.sink({ type: "init" });
      restart("idle", IDLE_MS, "idle");
      for await (const batch of batches) {
        restart("idle", IDLE_MS, "idle");
        for (const event of batch) this.#take(event);
        if (this.#version !== undefined) timers.get("initial")?.();
      }
      if (connection.signal.aborted) return connection.signal.reason;
      // Somebody on the way ends what takes long: a page at a time will get through.
      return this.#version === undefined ? "no-watch-list" : "closed";
    } catch (error) {
      if (connection.signal.aborted) return connection.signal.reason;
      if (isGone(error)) return "gone";
      if (this.#version === undefined && isRefusal(error)) return "no-watch-list";
      throw error;
    } finally {
      for (const cancel of timers.values()) cancel();
      connection.abort("closed");
    }
  }

  /** Initial events come in any order; after them, what is not newer than all before is a repetition. */
  #take(event: WatchEvent<T>): void {
    const { sink } = this.#options;
    switch (event.type) {
      case "error":
        throw event.error;
      case "bookmark":
        if (this.#version !== undefined) this.#advance(event.resourceVersion);
        else if (event.initialEventsEnd) this.#complete(event.resourceVersion);
        return;
      case "apply":
      case "delete":
        if (this.#version !== undefined) {
          if (this.#advance(event.object.resourceVersion)) sink({ type: event.type, object: event.object });
        } else if (event.type === "apply") sink({ type: "initApply", object: event.object });
        else sink({ type: "delete", object: event.object });
        return;
      default:
        event satisfies never;
    }
  }

  #complete(version: string): void {
    if (isNewer(this.#newest, version)) throw new StaleListError(version, this.#newest);
    this.#newest = this.#version = version;
    this.#options.sink({ type: "initDone" });
    this.#options.observer?.live();
  }

  #advance(version: string): boolean {
    if (!isNewer(version, this.#newest)) return false;
    this.#newest = this.#version = version;
    return true;
  }
}

/** Whether the server understood the request for initial events and will not serve it. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 400 || error.code === 422);
}
