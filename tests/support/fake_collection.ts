/** One collection of an API server in memory: keeps the objects, and tells their changes to whoever watches. */

import { ApiError } from "../../lib/api/errors.ts";
import { isNewer, type ObjectRef, refKey, type Versioned } from "../../lib/api/object.ts";
import type { Clock } from "../../lib/api/clock.ts";
import type { ListPage, ListWatch, WatchEvent } from "../../lib/api/ports.ts";
import { WatchCall } from "./scripted_source.ts";

interface Watch<T> {
  readonly call: WatchCall<T>;
  readonly namespace: string | undefined;
}

type ObjectEvent<T> = Extract<WatchEvent<T>, { object: T }>;

/** Lists and watches as they were asked for, refused ones included. */
export interface ReadCall {
  readonly verb: "list" | "watch";
  readonly from: "initial-events" | "version" | undefined;
  readonly namespace: string | undefined;
}

/** Holds what was put; versions come from the caller, who counts them for the whole cluster. */
export class FakeCollection<T extends Versioned> {
  readonly reads: ReadCall[] = [];
  /** While set, every list and watch is refused with it. */
  refusal: Error | undefined;
  readonly #clock: Clock;
  readonly #version: () => string;
  readonly #objects = new Map<string, T>();
  readonly #history: ObjectEvent<T>[] = [];
  #watches: Watch<T>[] = [];
  #withheld: ObjectEvent<T>[] | undefined;

  constructor({ clock, version }: { clock: Clock; version: () => string }) {
    this.#clock = clock;
    this.#version = version;
  }

  get(ref: ObjectRef): T | undefined {
    return this.#objects.get(refKey(ref));
  }

  put(object: T): void {
    this.#objects.set(refKey(object), object);
    this.#tell({ type: "apply", object });
  }

  /** Forgets the object; `last` is how the event shows it, at the version of its deletion. */
  delete(last: T): void {
    this.#objects.delete(refKey(last));
    this.#tell({ type: "delete", object: last });
  }

  /** Holds back all events, as a slow watch does, until {@linkcode deliver}. */
  withhold(): void {
    this.#withheld ??= [];
  }

  deliver(): void {
    const events = this.#withheld ?? [];
    this.#withheld = undefined;
    for (const event of events) this.#send(event);
  }

  /** Ends every watch with an `ERROR` event, and refuses new ones until {@linkcode admit}. */
  refuse(error: Error): void {
    this.refusal = error;
    for (const { call } of this.#watches) {
      if (error instanceof ApiError) call.push({ type: "error", error });
      else call.break(error);
    }
    this.#watches = [];
  }

  admit(): void {
    this.refusal = undefined;
  }

  /** What a client sees of the collection: one namespace, or all. */
  source(namespace: string | undefined): ListWatch<T> {
    const here = (object: T) => namespace === undefined || object.namespace === namespace;
    const items = () => [...this.#objects.values()].filter(here);
    return {
      list: (): Promise<ListPage<T>> => {
        this.reads.push({ verb: "list", from: undefined, namespace });
        if (this.refusal !== undefined) return Promise.reject(this.refusal);
        const page = { items: items(), resourceVersion: this.#version(), continueToken: undefined };
        return Promise.resolve(page);
      },
      watch: (options, signal) => {
        const { start } = options;
        this.reads.push({ verb: "watch", from: start.from, namespace });
        const call = new WatchCall<T>(options, signal, this.#clock.monotonic());
        if (this.refusal !== undefined) call.refuse(this.refusal);
        else {
          this.#watches.push({ call: call.accept(), namespace });
          if (start.from === "version") {
            const missed = this.#history.filter(({ object }) =>
              here(object) && isNewer(object.resourceVersion, start.resourceVersion)
            );
            call.push(...missed);
          } else {
            const end = {
              type: "bookmark",
              resourceVersion: this.#version(),
              initialEventsEnd: true,
            } as const;
            call.push(...items().map((object) => ({ type: "apply", object }) as const), end);
          }
        }
        return call.result;
      },
    };
  }

  #tell(event: ObjectEvent<T>): void {
    this.#history.push(event);
    if (this.#withheld === undefined) this.#send(event);
    else this.#withheld.push(event);
  }

  #send(event: ObjectEvent<T>): void {
    this.#watches = this.#watches.filter(({ call }) => !call.released && !call.signal.aborted);
    for (const { call, namespace } of this.#watches) {
      if (namespace === undefined || event.object.namespace === namespace) call.push(event);
    }
  }
}
