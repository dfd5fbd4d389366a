/** The latest known state of a collection, by namespace and name. */

import { isNewer, type ObjectRef, type Versioned } from "../api/object.ts";

/** What a write did: `before` is undefined for a new object. */
export type StoreChange<T> = { readonly changed: false } | {
  readonly changed: true;
  readonly before: T | undefined;
};

const UNCHANGED = { changed: false } as const;

/**
 * Holds objects that only ever get newer: an older version than the stored one is dropped, whoever brings it.
 *
 * Maps, never plain objects: a pod may be called `constructor`.
 */
export class Store<T extends Versioned> {
  readonly #namespaces = new Map<string, Map<string, T>>();
  #size = 0;

  /** How many objects there are. */
  get size(): number {
    return this.#size;
  }

  get({ namespace, name }: ObjectRef): T | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  /** The objects of one namespace, or of all. What changes meanwhile is given as it is when its turn comes, or not at all. */
  list(namespace?: string): Iterable<T> {
    return namespace === undefined ? this.#all() : this.#namespaces.get(namespace)?.values() ?? [];
  }

  /** The namespaces that hold objects. */
  namespaces(): Iterable<string> {
    return this.#namespaces.keys();
  }

  /** How many objects a namespace holds. */
  count(namespace: string): number {
    return this.#namespaces.get(namespace)?.size ?? 0;
  }

  /** Keeps `object` unless the stored one is as new. */
  apply(object: T): StoreChange<T> {
    const before = this.get(object);
    if (before !== undefined && !isNewer(object.resourceVersion, before.resourceVersion)) return UNCHANGED;
    return this.replace(object);
  }

  /** Keeps `object` whatever is stored: the API server has gone back in time. */
  replace(object: T): StoreChange<T> {
    let objects = this.#namespaces.get(object.namespace);
    if (objects === undefined) this.#namespaces.set(object.namespace, objects = new Map());
    const before = objects.get(object.name);
    objects.set(object.name, object);
    if (before === undefined) this.#size++;
    return { changed: true, before };
  }

  /**
   * Takes the answer to a write: only for an object still stored, as its deletion may have come first, and also in place of
   * an equal one, as the watch may have told of the write first.
   */
  refresh(object: T): void {
    const stored = this.get(object);
    if (stored !== undefined && !isNewer(stored.resourceVersion, object.resourceVersion)) {
      this.replace(object);
    }
  }

  /** Forgets an object, unless the stored one is newer than `object`: then it was created again. */
  delete(object: Versioned): StoreChange<T> {
    const objects = this.#namespaces.get(object.namespace);
    const before = objects?.get(object.name);
    if (objects === undefined || before === undefined) return UNCHANGED;
    if (isNewer(before.resourceVersion, object.resourceVersion)) return UNCHANGED;
    objects.delete(object.name);
    if (objects.size === 0) this.#namespaces.delete(object.namespace);
    this.#size--;
    return { changed: true, before };
  }

  *#all(): Iterable<T> {
    for (const objects of this.#namespaces.values()) yield* objects.values();
  }
}
