/** What every Kubernetes object has in common: its place, its version and its life. */

/** Which object is meant: a namespace and a name, never a copy of the object. */
export interface ObjectRef {
  readonly namespace: string;
  readonly name: string;
}

/** One step in a resource's life, as a watcher and a store need to know it. */
export interface Versioned extends ObjectRef {
  /** Opaque to everybody but {@linkcode isNewer}. */
  readonly resourceVersion: string;
}

/** The part of `metadata` that the operator reads; the API server sends much more. */
export interface ObjectMeta {
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
}

/** `namespace/name`, the way people and logs write a reference. Both are DNS names, so `/` separates safely. */
export function refKey(ref: ObjectRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/**
 * Whether version `a` was written after version `b`.
 *
 * Resource versions are decimal numbers of any length, so the longer is the newer and equal lengths compare as
 * text: they do not fit a JavaScript number (KEP-5504 makes this comparison legal for clients).
 */
export function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
