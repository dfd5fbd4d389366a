/** Helpers for JSON of unknown origin: keys such as `constructor` and `__proto__` are keys like any other. */

/** Any JSON value; what is stored is never changed in place. */
export type Json = null | boolean | number | string | JsonList | JsonObject;
/** A JSON array. */
export type JsonList = readonly Json[];
/** A JSON object; read it with {@linkcode field}, which knows no prototypes. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether `value` is a JSON object, and no array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` is a JSON array. */
export function isList(value: Json | undefined): value is JsonList {
  return Array.isArray(value);
}

/** The own field `path` below `value`, or undefined. */
export function field(value: Json | undefined, ...path: string[]): Json | undefined {
  let current = value;
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** The same as text; empty when it is no string. */
export function text(value: Json | undefined, ...path: string[]): string {
  const found = field(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The same as a list; empty when it is none. */
export function list(value: Json | undefined, ...path: string[]): JsonList {
  const found = field(value, ...path);
  return isList(found) ? found : [];
}

/** The same as an object; empty when it is none. */
export function object(value: Json | undefined, ...path: string[]): JsonObject {
  const found = field(value, ...path);
  return isObject(found) ? found : {};
}

/** A copy of `base` with `changes`; a field that becomes undefined is left out. */
export function withFields(
  base: JsonObject,
  changes: Readonly<Record<string, Json | undefined>>,
): JsonObject {
  const fields = new Map<string, Json>(Object.entries(base));
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) fields.delete(key);
    else fields.set(key, value);
  }
  return Object.fromEntries(fields);
}

/** A copy of `base` with `change` made to the object at `key`, which is taken for empty when it is none. */
export function withObject(
  base: JsonObject,
  key: string,
  change: (inner: JsonObject) => JsonObject,
): JsonObject {
  return withFields(base, { [key]: change(object(base, key)) });
}

/** How deep `value` is nested, counted without recursion and only as far as `limit`. */
export function isDeeperThan(value: Json, limit: number): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap((item) => typeof item === "object" && item !== null ? Object.values(item) : []);
    if (level.length === 0) return false;
  }
  return true;
}

/** Freezes `value` and all within it; what is frozen already is not looked into. */
export function freeze<T extends Json>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
