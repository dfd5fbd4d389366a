/** The ports: what `runtime` and `operator` ask of an API server, and `kube` (or a test) gives. */

import type { DevOpsPolicy } from "./devops_policy.ts";
import type { ApiError } from "./errors.ts";
import type { Line } from "./line.ts";
import type { ObjectMeta, ObjectRef } from "./object.ts";
import type { PodFacts } from "./pod_facts.ts";

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
  /** At most so many items. */
  readonly limit: number;
  readonly continueToken: string | undefined;
}

/** Reads one collection, in full and as it changes. Every call throws `ApiError` or `ConnectionError`. */
export interface ListWatch<T> {
  list(options: ListOptions, signal: AbortSignal): Promise<ListPage<T>>;
  /**
   * Resolves when the server has accepted the watch. Each batch holds the events that arrived together; the iterable
   * ends when the stream does, and throws when the connection breaks or `signal` aborts.
   */
  watch(options: WatchOptions, signal: AbortSignal): Promise<AsyncIterable<readonly WatchEvent<T>[]>>;
}

/** One operation of RFC 6902, as far as the operator uses it. */
export type JsonPatchOperation =
  | { readonly op: "test" | "add"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** Any part of a `T`: the shape of a merge patch, in which null takes a field out. */
export type DeepPartial<T> = T extends readonly unknown[] ? T
  : T extends object ? { [Key in keyof T]?: DeepPartial<T[Key]> | null }
  : T;

/** The writes that the operator makes, and the read that goes with a lost race. */
export interface PolicyClient {
  get(ref: ObjectRef, signal: AbortSignal): Promise<DevOpsPolicy>;
  /**
   * Asks for the policy one time, to see whether anybody answers; a refusal is an answer, too.
   *
   * @throws {ConnectionError} when none came
   */
  probe(ref: ObjectRef, signal: AbortSignal): Promise<void>;
  /** Applies a JSON patch to the policy itself: for finalizers, each guarded by `test`. */
  patch(
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    signal: AbortSignal,
  ): Promise<DevOpsPolicy>;
  /**
   * Replaces the fields of `status` that are given.
   *
   * @throws {ApiError} 409 when the policy is no longer at `resourceVersion`
   */
  patchStatus(
    ref: ObjectRef,
    change: { readonly resourceVersion: string; readonly status: object },
    signal: AbortSignal,
  ): Promise<DevOpsPolicy>;
}

/** Whether writes may still be made. */
export interface Fence {
  /**
   * Asked right before each attempt to write, whatever came between the decision to write and that moment.
   *
   * @throws {LeaseLostError} when somebody else may be writing by now
   */
  assertFresh(): void;
}

/** What a replica writes into a lease. */
export interface LeaseClaim {
  /** Who leads; empty for nobody. */
  readonly holder: string;
  /** How long the lease holds from the moment at which it was seen to change; milliseconds, whole seconds. */
  readonly durationMs: number;
  /** How often the lease has changed hands. */
  readonly transitions: number;
}

/** A lease as it was read. */
export interface Lease extends LeaseClaim {
  readonly resourceVersion: string;
}

/** Reads and writes the one lease of an election, each time asking once. Every call throws `ApiError` or `ConnectionError`. */
export interface LeaseClient {
  /** Undefined when there is none. */
  get(signal: AbortSignal): Promise<Lease | undefined>;
  /** @throws {ApiError} 409 when there is one */
  create(claim: LeaseClaim, signal: AbortSignal): Promise<Lease>;
  /** @throws {ApiError} 409 when the lease is no longer as it was read, 404 when it is gone */
  replace(lease: Lease, claim: LeaseClaim, signal: AbortSignal): Promise<Lease>;
}

/** An object that an event is about, as it was then. */
export interface EventSubject extends ObjectRef, Pick<ObjectMeta, "uid"> {
  readonly resourceVersion: string;
}

/** Something that happened to a policy, as its users read it with `kubectl describe`; the server keeps it for a while. */
export interface NewEvent {
  /** Its name, in the namespace of its subject. */
  readonly name: string;
  readonly subject: EventSubject;
  readonly type: "Normal" | "Warning";
  /** One CamelCase word for programs. */
  readonly reason: string;
  /** One sentence for people, of at most 1024 bytes. */
  readonly note: string;
  /** When it happened first; milliseconds since 1970. */
  readonly firstAt: number;
}

/** How often an event has happened (2 or more), and when last. */
export interface EventSeries {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastAt: number;
}

/** Tells of events. Every call throws `ApiError` or `ConnectionError`. */
export interface EventClient {
  /** An event of that name that is there already is this one. */
  create(event: NewEvent, series: EventSeries | undefined, signal: AbortSignal): Promise<void>;
  /** @throws {ApiError} 404 when the server has forgotten the event */
  repeat(event: ObjectRef, series: EventSeries, signal: AbortSignal): Promise<void>;
}

/** Which part of a collection to read, and who hears of objects that cannot be. */
export interface CollectionOptions {
  /** All namespaces when undefined. */
  readonly namespace: string | undefined;
  /** Only objects of this name. */
  readonly name?: string;
  readonly onUnreadable: () => void;
}

/** All that the operator asks of a cluster. */
export interface Cluster {
  policies(options: CollectionOptions): ListWatch<DevOpsPolicy>;
  pods(options: CollectionOptions): ListWatch<PodFacts>;
  readonly client: PolicyClient;
  readonly events: EventClient;
  /** What the calls of both clients meet, if anybody is to know; they are not repeated while it is closed. */
  readonly line?: Line | undefined;
}
