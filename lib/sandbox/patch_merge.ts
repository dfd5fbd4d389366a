/** Merge patches: plain ones (RFC 7386), and the strategic ones of Kubernetes, which merge lists by the keys of their items. */

import { sameJson } from "../api/json.ts";
import { field, isList, isObject, type Json, type JsonList, type JsonObject, text } from "./json.ts";
import { isSet, itemKey, itemSchema, listMapKeys, propertySchema, type Schema } from "./schema.ts";

/** `target` with the fields of `patch` put over it; null takes a field out. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const fields = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) fields.delete(key);
    else fields.set(key, applyMergePatch(fields.get(key), value));
  }
  return Object.fromEntries(fields);
}

const DELETE_FROM_LIST = "$deleteFromPrimitiveList/";

/** The same by the rules of `schema`: lists that are maps merge item by item, and `$patch` says otherwise. */
export function applyStrategicPatch(target: Json | undefined, patch: Json, schema: Schema | undefined): Json {
  if (!isObject(patch)) return patch;
  if (text(patch, "$patch") === "replace") return withoutDirectives(patch);
  if (text(patch, "$patch") === "delete") return {};
  const fields = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM_LIST)) {
      const name = key.slice(DELETE_FROM_LIST.length);
      const gone = isList(value) ? value : [];
      const items = fields.get(name);
      const isGone = (item: Json) => gone.some((other) => sameJson(item, other));
      if (isList(items)) fields.set(name, items.filter((item) => !isGone(item)));
      continue;
    }
    // Orders and retained keys are hints for lists and unions that objects of the sandbox do not have.
    if (key.startsWith("$")) continue;
    const inner = propertySchema(schema, key);
    if (value === null) fields.delete(key);
    else if (isList(value)) fields.set(key, mergeList(fields.get(key), value, inner));
    else fields.set(key, applyStrategicPatch(fields.get(key), value, inner));
  }
  return Object.fromEntries(fields);
}

function mergeList(target: Json | undefined, patch: JsonList, schema: Schema | undefined): Json {
  const old = isList(target) ? target : [];
  if (isSet(schema)) return [...old, ...patch.filter((item) => !old.some((other) => sameJson(item, other)))];
  // Strategic patches tell items apart by one key only.
  const keys = listMapKeys(schema)?.slice(0, 1);
  if (keys === undefined || patch.some((item) => isObject(item) && text(item, "$patch") === "replace")) {
    return patch.filter((item) => text(item, "$patch") !== "replace");
  }
  const items = itemSchema(schema);
  const places = new Map(old.map((item, index) => [itemKey(item, keys, items), index]));
  const placeOf = (item: Json) => places.get(itemKey(item, keys, items));
  const touched = new Set(patch.map(placeOf));
  const merged = patch.filter((item) => text(item, "$patch") !== "delete")
    .map((item) => {
      const place = placeOf(item);
      const value = applyStrategicPatch(
        place === undefined ? undefined : old[place],
        item,
        items,
      );
      return { place, value };
    });
  // What the patch brings comes first, unless what it does not name stood before it.
  const result: Json[] = [];
  let next = 0;
  old.forEach((item, index) => {
    if (touched.has(index)) return;
    for (; next < merged.length && (merged[next]!.place ?? -1) < index; next++) {
      result.push(merged[next]!.value);
    }
    result.push(item);
  });
  return [...result, ...merged.slice(next).map(({ value }) => value)];
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.keys(patch).filter((key) => !key.startsWith("$")).map((key) => [key, field(patch, key)!]),
  );
}
