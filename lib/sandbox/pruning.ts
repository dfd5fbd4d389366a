/** Drops the fields that a schema does not know, and says which they were. */

import { isList, isObject, type Json } from "./json.ts";
import { isNullable, itemSchema, keepsUnknown, propertySchema, type Schema } from "./schema.ts";

/** `value` without unknown fields; each is told to `onUnknown` by its path. */
export function prune(
  value: Json,
  schema: Schema | undefined,
  onUnknown: (path: string) => void,
  path = "",
): Json {
  if (schema === undefined) return value;
  if (isList(value)) {
    const items = itemSchema(schema);
    return value.map((item, index) => prune(item, items, onUnknown, `${path}[${index}]`));
  }
  if (!isObject(value) || schema["type"] !== "object") return value;
  const kept: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const known = propertySchema(schema, key);
    const at = path === "" ? key : `${path}.${key}`;
    if (known !== undefined) kept.push([key, prune(inner, known, onUnknown, at)]);
    else if (keepsUnknown(schema) || schema["additionalProperties"] === true) kept.push([key, inner]);
    else onUnknown(at);
  }
  return Object.fromEntries(kept);
}

/** `value` with the defaults of its schema; a null that is not allowed gives way to the default, or to nothing. */
export function applyDefaults(value: Json, schema: Schema | undefined): Json {
  if (schema === undefined) return value;
  if (isList(value)) {
    const items = itemSchema(schema);
    return items === undefined ? value : value.map((item) => applyDefaults(item, items));
  }
  if (!isObject(value)) return value;
  const fields = new Map<string, Json>();
  for (const [key, inner] of Object.entries(value)) {
    const known = propertySchema(schema, key);
    if (inner === null && known !== undefined && !isNullable(known)) continue;
    fields.set(key, applyDefaults(inner, known));
  }
  const properties = schema["properties"];
  for (const [key, known] of isObject(properties) ? Object.entries(properties) : []) {
    const fallback = isObject(known) ? known["default"] : undefined;
    if (fallback !== undefined && !fields.has(key)) fields.set(key, applyDefaults(fallback, known as Schema));
  }
  return Object.fromEntries(fields);
}
