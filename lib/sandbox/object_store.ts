/** All objects of one resource, each held once and frozen, with the history of how they came to be. */

import { History } from "./history.ts";
import type { Json } from "./json.ts";
import { type Key, keyOf, type KubeObject, versionOf, withMetadata } from "./kube_object.ts";
import type { SharedParts } from "./shared_parts.ts";

/** The one counter from which every write of a server takes its version. */
export class Versions {
  #current = 1;

  get current(): number {
    return this.#current;
  }

  next(): number {
    return ++this.#current;
  }
}

/** The objects of a namespace; their names are sorted when somebody lists them. */
interface Bucket {
  readonly objects: Map<string, KubeObject>;
  names: readonly string[] | undefined;
}

/** The objects of one resource, in the order of their keys. */
export class ObjectStore {
  readonly history = new History();
  readonly #buckets = new Map<string, Bucket>();
  readonly #versions: Versions;
  readonly #parts: SharedParts;

  constructor(versions: Versions, parts: SharedParts) {
    this.#versions = versions;
    this.#parts = parts;
  }

  get({ namespace, name }: Key): KubeObject | undefined {
    return this.#buckets.get(namespace)?.objects.get(name);
  }

  /** Stores an object, new or in place of the one of its name, and gives it back with its version. */
  put(object: KubeObject): KubeObject {
    const { namespace, name } = keyOf(object);
    const stored = this.#stamp(object);
    let bucket = this.#buckets.get(namespace);
    if (bucket === undefined) this.#buckets.set(namespace, bucket = { objects: new Map(), names: [] });
    const previous = bucket.objects.get(name);
    if (previous === undefined) bucket.names = undefined;
    bucket.objects.set(name, stored);
    const type = previous === undefined ? "ADDED" : "MODIFIED";
    this.history.append({ type, version: versionOf(stored), object: stored, previous });
    return stored;
  }

  /** Takes an object out; the answer is its last state, at the version of its end. */
  remove(key: Key): KubeObject | undefined {
    const bucket = this.#buckets.get(key.namespace);
    const previous = bucket?.objects.get(key.name);
    if (bucket === undefined || previous === undefined) return undefined;
    bucket.objects.delete(key.name);
    bucket.names = undefined;
    if (bucket.objects.size === 0) this.#buckets.delete(key.namespace);
    const object = this.#stamp(previous);
    this.history.append({ type: "DELETED", version: versionOf(object), object, previous });
    return object;
  }

  /** The objects of a namespace, or of all when it is empty, in the order of their keys. */
  *values(namespace: string): Generator<KubeObject> {
    for (const name of namespace === "" ? [...this.#buckets.keys()].sort() : [namespace]) {
      const bucket = this.#buckets.get(name);
      if (bucket === undefined) continue;
      bucket.names ??= [...bucket.objects.keys()].sort();
      for (const object of bucket.names) yield bucket.objects.get(object)!;
    }
  }

  /** Whether there is anything in a namespace, or at all when it is empty. */
  has(namespace: string): boolean {
    return namespace === "" ? this.#buckets.size > 0 : this.#buckets.has(namespace);
  }

  /** The same as {@linkcode values} as of an earlier version; undefined when that is forgotten. */
  valuesAt(namespace: string, version: number): readonly KubeObject[] | undefined {
    const since = this.history.after(version);
    if (since === undefined) return undefined;
    if (since === this.history.end) return [...this.values(namespace)];
    const then = new Map([...this.values("")].map((object) => [sortKey(object), object]));
    for (let position = this.history.end - 1; position >= since; position--) {
      const { object, previous } = this.history.at(position)!;
      if (previous === undefined) then.delete(sortKey(object));
      else then.set(sortKey(object), previous);
    }
    return [...then].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
      .filter((object) => namespace === "" || keyOf(object).namespace === namespace);
  }

  #stamp(object: KubeObject): KubeObject {
    const version: Json = String(this.#versions.next());
    return this.#parts.share(withMetadata(object, { resourceVersion: version }));
  }
}

/** Sorts as the keys of etcd do: a space is smaller than anything that a name may hold. */
export function sortKey(object: KubeObject): string {
  const { namespace, name } = keyOf(object);
  return `${namespace} ${name}`;
}
