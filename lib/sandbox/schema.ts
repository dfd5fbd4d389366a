/** The structural schemas that objects are validated, pruned, defaulted and merged by. */

import { field, isObject, type Json, type JsonObject, list, text } from "./json.ts";

/** A schema, as OpenAPI v3 and the extensions of Kubernetes write it. */
export type Schema = JsonObject;

/** What a schema says of the field `key` of an object; undefined when it says nothing. */
export function propertySchema(schema: Schema | undefined, key: string): Schema | undefined {
  const named = field(schema, "properties", key);
  if (isObject(named)) return named;
  const others = field(schema, "additionalProperties");
  return isObject(others) ? others : undefined;
}

/** What a schema says of the items of a list. */
export function itemSchema(schema: Schema | undefined): Schema | undefined {
  const items = field(schema, "items");
  return isObject(items) ? items : undefined;
}

/** Whether fields that the schema does not name are kept. */
export function keepsUnknown(schema: Schema): boolean {
  return field(schema, "x-kubernetes-preserve-unknown-fields") === true;
}

/** Whether the schema allows null. */
export function isNullable(schema: Schema): boolean {
  return field(schema, "nullable") === true;
}

/** By which fields the items of a list are told apart; undefined when the list is no map. */
export function listMapKeys(schema: Schema | undefined): readonly string[] | undefined {
  if (text(schema, "x-kubernetes-list-type") !== "map") return undefined;
  return list(schema, "x-kubernetes-list-map-keys").map(String);
}

/** Whether a list is a set of values. */
export function isSet(schema: Schema | undefined): boolean {
  return text(schema, "x-kubernetes-list-type") === "set";
}

/** Whether an object is owned and replaced as a whole. */
export function isAtomicMap(schema: Schema | undefined): boolean {
  return text(schema, "x-kubernetes-map-type") === "atomic";
}

/**
 * The values of an item's keys, as text to compare by; undefined when the item is no object. A key that an item leaves out
 * has the default of the schema of items.
 */
export function itemKey(item: Json, keys: readonly string[], items: Schema | undefined): string | undefined {
  if (!isObject(item)) return undefined;
  return JSON.stringify(Object.fromEntries(
    [...keys].sort().flatMap((key) => {
      const value = field(item, key) ?? field(items, "properties", key, "default");
      return value === undefined ? [] : [[key, value]];
    }),
  ));
}

/** The metadata that any object may carry. */
export const METADATA_SCHEMA: Schema = {
  type: "object",
  properties: {
    annotations: { type: "object", additionalProperties: { type: "string" } },
    creationTimestamp: { type: "string", nullable: true },
    deletionGracePeriodSeconds: { type: "integer" },
    deletionTimestamp: { type: "string", nullable: true },
    finalizers: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    generateName: { type: "string" },
    generation: { type: "integer" },
    labels: { type: "object", additionalProperties: { type: "string" } },
    managedFields: {
      type: "array",
      items: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      "x-kubernetes-list-type": "atomic",
    },
    name: { type: "string" },
    namespace: { type: "string" },
    ownerReferences: {
      type: "array",
      items: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["uid"],
    },
    resourceVersion: { type: "string" },
    selfLink: { type: "string" },
    uid: { type: "string" },
  },
};

/** The schema of whole objects out of what is particular to their kind. */
export function objectSchema(own: Schema): Schema {
  return {
    type: "object",
    ...own,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: METADATA_SCHEMA,
      ...(field(own, "properties") as JsonObject | undefined),
    },
  };
}
