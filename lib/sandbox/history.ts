/** What happened to one resource, in order: a ring of bounded length that watches read at their own pace. */

import type { KubeObject } from "./kube_object.ts";

/** One change. `line` caches the event as it is sent to all who see it unchanged. */
export interface StoredEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  line?: string | undefined;
}

/** How many changes of one resource can be watched from afterwards. */
const CAPACITY = 20_000;
/** How many serialised events are kept: watches are rarely further behind each other. */
const CACHED_LINES = 256;

/** The history of one resource. */
export class History {
  readonly #ring: StoredEvent[] = [];
  /** Positions count all events ever; the ring holds those from `#first` up to `#end`. */
  #first = 0;
  #end = 0;
  /** Events of up to this version are forgotten. */
  #forgotten = 0;
  #isClosed = false;
  readonly #listeners = new Set<() => void>();

  /** Whether the resource is no more, so that nothing will ever happen again. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The position of the next event. */
  get end(): number {
    return this.#end;
  }

  /** The version up to which history is forgotten. */
  get forgotten(): number {
    return this.#forgotten;
  }

  append(event: StoredEvent): void {
    if (this.#end - this.#first === CAPACITY) {
      this.#forgotten = this.#ring[this.#first % CAPACITY]!.version;
      this.#first++;
    }
    this.#ring[this.#end % CAPACITY] = event;
    this.#end++;
    const stale = this.at(this.#end - CACHED_LINES);
    if (stale !== undefined) stale.line = undefined;
    this.#tell();
  }

  /** The event at `position`; undefined when it is forgotten or yet to come. */
  at(position: number): StoredEvent | undefined {
    return position >= this.#first && position < this.#end ? this.#ring[position % CAPACITY] : undefined;
  }

  /** The position of the first event after `version`; undefined when events in between are forgotten. */
  after(version: number): number | undefined {
    if (version < this.#forgotten) return undefined;
    let [low, high] = [this.#first, this.#end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle)!.version <= version) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets all events up to `version`, which is at least that of the last one. */
  compact(version: number): void {
    this.#ring.length = 0;
    this.#first = this.#end;
    this.#forgotten = version;
    this.#tell();
  }

  /** Ends the history, and with it the watches of it. */
  close(): void {
    this.#isClosed = true;
    this.#tell();
  }

  /** Calls `listener` at each change until the answer is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
