/** The ports: what `runtime` and `operator` ask of an API server, and `kube` (or a test) gives. */

import type { ApiError } from "./errors.ts";

/** What an API server says within a watch. */
export type WatchEvent<T> =
  | { readonly type: "apply"; readonly object: T }
  | { readonly type: "delete"; readonly object: T }
  /** Nothing happened up to this version; `initialEventsEnd` closes the first part of a watch-list. */
  | { readonly type: "bookmark"; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  | { readonly type: "error"; readonly error: ApiError };

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Where the next page starts; undefined on the last one. */
  readonly continueToken: string | undefined;
}

/** Where a watch starts: from a known version, or with all that exists ("watch-list", KEP-3157). */
export type WatchStart =
  | { readonly from: "version"; readonly resourceVersion: string }
  | { readonly from: "initial-events" };

/** How to open a watch. */
export interface WatchOptions {
  readonly start: WatchStart;
  /** After how many seconds the server is asked to end the watch. */
  readonly timeoutSeconds: number;
}

/** How to read one page of a list. */
export interface ListOptions {
  /** At most so many items; undefined for all in one page. */
  readonly limit: number | undefined;
  readonly continueToken: string | undefined;
}

/** Reads one collection, in full and as it changes. Every call throws `ApiError` or `ConnectionError`. */
export interface ListWatch<T> {
  list(options: ListOptions, signal: AbortSignal): Promise<ListPage<T>>;
  /** Resolves when the server has accepted the watch; the iterable then ends when the stream does. */
  watch(options: WatchOptions, signal: AbortSignal): Promise<AsyncIterable<WatchEvent<T>>>;
}

/** One operation of RFC 6902, as far as the operator uses it. */
export type JsonPatchOperation =
  | { readonly op: "test" | "add"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };
