/** A full read under way: which of the stored objects it has named, so that the others can be told to be gone. */

import type { ObjectRef, Versioned } from "../api/object.ts";
import type { Store } from "./store.ts";

/**
 * What a read has named; each of it is in the store.
 *
 * Names by namespace: of a text that is a key of several maps the runtime keeps one copy, so that they take up no memory
 * but their places.
 */
export class FullRead<T extends Versioned> {
  readonly #store: Store<T>;
  readonly #named = new Map<string, Set<string>>();

  constructor(store: Store<T>) {
    this.#store = store;
  }

  /** The read names an object, which has been put into the store. */
  name({ namespace, name }: ObjectRef): void {
    const names = this.#named.get(namespace);
    if (names === undefined) this.#named.set(namespace, new Set([name]));
    else names.add(name);
  }

  /** The object has been deleted since. */
  unname({ namespace, name }: ObjectRef): void {
    this.#named.get(namespace)?.delete(name);
  }

  isNamed({ namespace, name }: ObjectRef): boolean {
    return this.#named.get(namespace)?.has(name) ?? false;
  }

  /** The stored objects among which are all those that were not named: of most namespaces, none. */
  *suspects(scope: string | undefined): Iterable<T> {
    for (const namespace of scope === undefined ? this.#store.namespaces() : [scope]) {
      // Whatever was named is stored: where there are as many, there is nothing else.
      if (this.#named.get(namespace)?.size === this.#store.count(namespace)) continue;
      yield* this.#store.list(namespace);
    }
  }
}
