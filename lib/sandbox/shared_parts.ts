/** Keeps one copy of equal parts of objects: 20,000 pods of one template hold its spec once. */

import { freeze, isList, isObject, type Json, type JsonObject } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";

/** Beyond this many different parts the pool starts anew: it saves memory, it must not become the leak. */
const MAX_PARTS = 2_000;
/** Longer parts are seldom equal, and their text would weigh more than they do. */
const MAX_LENGTH = 8_192;

/** A pool of parts. */
export class SharedParts {
  readonly #parts = new Map<string, Json>();

  /** The object, frozen, its spec, status and field sets shared with others that have the same. */
  share(object: KubeObject): KubeObject {
    const shared = Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, key === "metadata" ? value : this.#share(value)]),
    );
    return freeze({ ...shared, metadata: this.#metadata(object.metadata) }) as KubeObject;
  }

  #metadata(metadata: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => {
        if (key !== "managedFields" || !isList(value)) {
          return [key, isObject(value) ? this.#share(value) : value];
        }
        return [key, value.map((entry) => this.#share(entry))];
      }),
    );
  }

  #share(part: Json): Json {
    if (typeof part !== "object" || part === null || Object.isFrozen(part)) return part;
    const text = JSON.stringify(part);
    if (text.length > MAX_LENGTH) return part;
    const known = this.#parts.get(text);
    if (known !== undefined) return known;
    if (this.#parts.size >= MAX_PARTS) this.#parts.clear();
    this.#parts.set(text, freeze(part));
    return part;
  }
}
