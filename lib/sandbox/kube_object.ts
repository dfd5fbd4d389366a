/** A stored object: JSON with the metadata that an API server sets, and the accessors that all its parts use. */

import { type JsonObject, list, object, text } from "./json.ts";

/** An object of the API that has been checked: it has a kind, a name, and metadata that is an object. */
export type KubeObject = JsonObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
};

/** Where an object lives; the namespace of a cluster-scoped one is empty. */
export interface Key {
  readonly namespace: string;
  readonly name: string;
}

/** The key of an object. */
export function keyOf(value: JsonObject): Key {
  return { namespace: text(value, "metadata", "namespace"), name: text(value, "metadata", "name") };
}

/** The version that an object was stored at; 0 before it was. */
export function versionOf(value: JsonObject): number {
  return Number(text(value, "metadata", "resourceVersion") || "0");
}

/** The finalizers of an object. */
export function finalizersOf(value: JsonObject): readonly string[] {
  return list(value, "metadata", "finalizers").filter((item) => typeof item === "string");
}

/** Whether somebody has asked for its deletion. */
export function isDeleting(value: JsonObject): boolean {
  return text(value, "metadata", "deletionTimestamp") !== "";
}

/** A copy of an object with some of its metadata changed; undefined takes a field out. */
export function withMetadata<T extends JsonObject>(
  value: T,
  changes: Readonly<Record<string, JsonObject[string] | undefined>>,
): T {
  const metadata = new Map(Object.entries(object(value, "metadata")));
  for (const [key, change] of Object.entries(changes)) {
    if (change === undefined) metadata.delete(key);
    else metadata.set(key, change);
  }
  return { ...value, metadata: Object.fromEntries(metadata) };
}
