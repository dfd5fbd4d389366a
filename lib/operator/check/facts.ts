/** What `check` finds out about a cluster, before anybody judges it. */

import type { ApiError, ConnectionError } from "../../api/errors.ts";
import type { ServedCrd } from "../../kube/served_crd.ts";
import type { ClockDifference } from "../../kube/server_info.ts";
import type { Permission } from "../permissions.ts";

/** The answer to a question, or that the server refuses to answer it. */
export type Told<T> = { readonly told: T } | { readonly refused: ApiError };

/** What became of a watch that was to begin with all that exists. */
export type WatchListTry =
  | { readonly result: "supported" }
  /** The server refuses it, or does not come to the end of its first part. */
  | { readonly result: "unsupported" }
  | { readonly result: "failed"; readonly error: ApiError | ConnectionError }
  /** There was no use in trying. */
  | { readonly result: "untried"; readonly why: string };

/** A right in one namespace, or in all of them (undefined). */
export interface RightFound {
  readonly permission: Permission;
  readonly namespace: string | undefined;
  readonly allowed: Told<boolean>;
}

/** All of it. */
export interface Facts {
  readonly server: string;
  /** Where the credentials come from: `context "kind-dev"`. */
  readonly origin: string;
  /** For example `v1.34.4`; undefined where the server does not tell. */
  readonly version: string | undefined;
  /** Undefined where the server does not tell the time. */
  readonly clock: ClockDifference | undefined;
  /** As whom the server knows us; undefined where it does not tell. */
  readonly user: string | undefined;
  readonly crd: Told<ServedCrd | undefined>;
  readonly rights: readonly RightFound[];
  readonly watchLists: readonly { readonly resource: string; readonly tried: WatchListTry }[];
}
