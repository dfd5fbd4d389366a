/** A collection whose answers the test gives, each when it chooses: stale, cut short, out of order, as no server's are. */

import assert from "node:assert/strict";
import type { Clock } from "../../lib/api/clock.ts";
import type { ListOptions, ListPage, ListWatch, WatchEvent, WatchOptions } from "../../lib/api/ports.ts";

/** What to do with each call as it comes, the first being number 0; a call that nobody answers stays silent. */
export interface Script<T> {
  readonly onList?: (call: ListCall<T>, number: number) => void;
  readonly onWatch?: (call: WatchCall<T>, number: number) => void;
}

/** Plays a collection, call by call: each is recorded, and stays silent until it is answered. `at` of a call is the monotonic time at which it came. */
export class ScriptedSource<T> implements ListWatch<T> {
  readonly lists: ListCall<T>[] = [];
  readonly watches: WatchCall<T>[] = [];
  /** May be replaced at any time; holds for the calls that come after. */
  script: Script<T>;
  readonly #clock: Pick<Clock, "monotonic">;

  constructor(clock: Pick<Clock, "monotonic">, script: Script<T> = {}) {
    this.#clock = clock;
    this.script = script;
  }

  /** The newest list call. */
  get lastList(): ListCall<T> {
    const call = this.lists.at(-1);
    assert(call !== undefined, "nobody has called list()");
    return call;
  }

  /** The newest watch call. */
  get lastWatch(): WatchCall<T> {
    const call = this.watches.at(-1);
    assert(call !== undefined, "nobody has called watch()");
    return call;
  }

  list(options: ListOptions, signal: AbortSignal): Promise<ListPage<T>> {
    const call = new ListCall<T>(options, signal, this.#clock.monotonic());
    const number = this.lists.push(call) - 1;
    this.script.onList?.(call, number);
    return call.result;
  }

  watch(options: WatchOptions, signal: AbortSignal): Promise<AsyncIterable<readonly WatchEvent<T>[]>> {
    const call = new WatchCall<T>(options, signal, this.#clock.monotonic());
    const number = this.watches.push(call) - 1;
    this.script.onWatch?.(call, number);
    return call.result;
  }
}

/** One call, open until it is answered or its signal aborts. */
class Call<Result> {
  readonly result: Promise<Result>;
  protected readonly resolve: (result: Result) => void;
  /** Answers with an error. */
  readonly refuse: (error: unknown) => void;

  constructor(readonly signal: AbortSignal, readonly at: number) {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.result = promise;
    this.resolve = resolve;
    this.refuse = reject;
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  }
}

/** One page asked for. */
export class ListCall<T> extends Call<ListPage<T>> {
  constructor(readonly options: ListOptions, signal: AbortSignal, at: number) {
    super(signal, at);
  }

  answer(page: ListPage<T>): void {
    this.resolve(page);
  }
}

type Step<T> =
  | { readonly batch: readonly WatchEvent<T>[] }
  | { readonly end: true }
  | { readonly error: unknown };

/** One watch asked for, and once accepted, its stream. */
export class WatchCall<T> extends Call<AsyncIterable<readonly WatchEvent<T>[]>> {
  /** Whether an abort ends the stream cleanly, as some do, instead of breaking it. */
  endsOnAbort = false;
  /** Whether the reader has let go of the stream, for whatever reason. */
  released = false;
  /** What the reader has not yet taken. */
  readonly #steps: Step<T>[] = [];
  #wake = () => {};

  constructor(readonly options: WatchOptions, signal: AbortSignal, at: number) {
    super(signal, at);
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  /** Accepts the watch, which is silent until something is pushed. */
  accept(): this {
    this.resolve(this.#stream());
    return this;
  }

  /** Sends `events` as one batch. */
  push(...events: readonly WatchEvent<T>[]): this {
    return this.#then({ batch: events });
  }

  /** Ends the stream cleanly, behind what was pushed. */
  end(): this {
    return this.#then({ end: true });
  }

  /** Breaks the connection, behind what was pushed. */
  break(error: unknown): this {
    return this.#then({ error });
  }

  #then(step: Step<T>): this {
    this.#steps.push(step);
    this.#wake();
    return this;
  }

  async *#stream(): AsyncGenerator<readonly WatchEvent<T>[]> {
    try {
      for (;;) {
        if (this.signal.aborted && this.endsOnAbort) return;
        if (this.signal.aborted) throw this.signal.reason;
        const step = this.#steps.shift();
        if (step === undefined) await new Promise<void>((resolve) => this.#wake = resolve);
        else if ("batch" in step) yield step.batch;
        else if ("error" in step) throw step.error;
        else return;
      }
    } finally {
      this.released = true;
    }
  }
}
