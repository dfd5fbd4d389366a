/** Which fields an object has, which of them differ between two, and how to take some out: all by its schema. */

import { sameJson } from "../api/json.ts";
import { FieldSet } from "./field_set.ts";
import { field, isList, isObject, type Json, type JsonObject } from "./json.ts";
import {
  isAtomicMap,
  isSet,
  itemKey,
  itemSchema,
  listMapKeys,
  propertySchema,
  type Schema,
} from "./schema.ts";

/** One part of a value that can be owned by itself: the step to it, its value, and its schema. */
type Child = readonly [step: string, value: Json, schema: Schema | undefined];

/** The parts of a value; undefined when it is owned as a whole. */
function childrenOf(value: Json | undefined, schema: Schema | undefined): readonly Child[] | undefined {
  if (isObject(value)) {
    if (isAtomicMap(schema)) return undefined;
    return Object.entries(value).map(([key, inner]) => [`f:${key}`, inner, propertySchema(schema, key)]);
  }
  if (!isList(value)) return undefined;
  const keys = listMapKeys(schema);
  if (keys !== undefined) {
    const items = itemSchema(schema);
    return value.map((item) => [`k:${itemKey(item, keys, items)}`, item, items]);
  }
  return isSet(schema) ? value.map((item) => [`v:${JSON.stringify(item)}`, item, undefined]) : undefined;
}

/** Metadata that nobody owns: the server sets it, or it says which object is meant. */
const UNOWNED = [
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "generation",
  "managedFields",
  "resourceVersion",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

/** What of an object can be owned. */
export function ownable(object: JsonObject): JsonObject {
  const fields = Object.entries(object).filter(([key]) =>
    key !== "apiVersion" && key !== "kind" && key !== "metadata"
  );
  const metadata = field(object, "metadata");
  if (!isObject(metadata)) return Object.fromEntries(fields);
  const owned = Object.entries(metadata).filter(([key]) => !UNOWNED.includes(key));
  return Object.fromEntries(
    owned.length === 0 ? fields : [["metadata", Object.fromEntries(owned)], ...fields],
  );
}

/** All fields of a value; `whole` also counts the objects and lists that hold them, but for the metadata itself. */
export function fieldsOf(value: Json, schema: Schema | undefined, whole: boolean): FieldSet {
  const set = new FieldSet();
  const children = childrenOf(value, schema);
  set.isMember = whole || children === undefined || children.length === 0;
  for (const [step, inner, known] of children ?? []) {
    set.children.set(step, partOf(step, inner, known, whole));
  }
  return set;
}

function partOf(step: string, inner: Json, schema: Schema | undefined, whole: boolean): FieldSet {
  const part = fieldsOf(inner, schema, whole);
  if (step === "f:metadata") part.isMember = false;
  // An item of a list is one thing, whoever made it.
  if (step.startsWith("k:")) part.isMember = true;
  return part;
}

/** What changed between two values, and what went. */
export interface Difference {
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** The difference between `old` and `value`. */
export function compare(old: Json | undefined, value: Json, schema: Schema | undefined): Difference {
  const difference = { changed: new FieldSet(), removed: new FieldSet() };
  collect(old, value, schema, difference);
  return difference;
}

function collect(
  old: Json | undefined,
  value: Json,
  schema: Schema | undefined,
  { changed, removed }: Difference,
): void {
  if (sameJson(old, value)) return;
  const now = childrenOf(value, schema);
  const before = childrenOf(old, schema);
  if (now === undefined || before === undefined) {
    changed.isMember = true;
    return;
  }
  const known = new Map(before.map(([step, inner]) => [step, inner]));
  for (const [step, inner, innerSchema] of now) {
    const was = known.get(step);
    if (was === undefined) changed.children.set(step, partOf(step, inner, innerSchema, true));
    else {
      const parts = { changed: new FieldSet(), removed: new FieldSet() };
      collect(was, inner, innerSchema, parts);
      if (!parts.changed.isEmpty) changed.children.set(step, parts.changed);
      if (!parts.removed.isEmpty) removed.children.set(step, parts.removed);
    }
    known.delete(step);
  }
  const schemas = new Map(before.map(([step, , innerSchema]) => [step, innerSchema]));
  for (const [step, inner] of known) removed.children.set(step, partOf(step, inner, schemas.get(step), true));
}

/** `value` with the fields of `config` put over it, lists merged as the schema says. */
export function merge(value: Json | undefined, config: Json, schema: Schema | undefined): Json {
  const children = childrenOf(config, schema);
  if (children === undefined || value === undefined) return config;
  if (isObject(config)) {
    if (!isObject(value)) return config;
    const fields = new Map(Object.entries(value));
    for (const [key, inner] of Object.entries(config)) {
      fields.set(key, merge(fields.get(key), inner, propertySchema(schema, key)));
    }
    return Object.fromEntries(fields);
  }
  const items = new Map((childrenOf(value, schema) ?? []).map(([step, inner]) => [step, inner]));
  for (const [step, inner, known] of children) items.set(step, merge(items.get(step), inner, known));
  return [...items.values()];
}

/** `value` without the fields of `set`; an object that loses its last field goes with it. */
export function withoutFields(value: Json, set: FieldSet, schema: Schema | undefined): Json | undefined {
  const children = childrenOf(value, schema);
  if (children === undefined || children.length === 0) return set.isMember ? undefined : value;
  const kept = children.flatMap(([step, inner, known]): [string, Json][] => {
    const gone = set.children.get(step);
    if (gone === undefined) return [[step.slice(2), inner]];
    if (gone.isMember) return [];
    const rest = withoutFields(inner, gone, known);
    return rest === undefined ? [] : [[step.slice(2), rest]];
  });
  if (kept.length === 0) return undefined;
  return isList(value) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}
