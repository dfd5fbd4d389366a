/** Server-side apply: merges what a manager wants into the object, drops what it no longer wants, and tells of conflicts. */

import { toTimestamp } from "../api/clock.ts";
import { sameJson } from "../api/json.ts";
import { compare, fieldsOf, merge, ownable, withoutFields } from "./field_compare.ts";
import { FieldSet } from "./field_set.ts";
import type { JsonObject } from "./json.ts";
import { type KubeObject, withMetadata } from "./kube_object.ts";
import { isSameManager, type Manager, managersOf, withManagers, type Writer } from "./managed_fields.ts";
import type { Schema } from "./schema.ts";
import { StatusError } from "./status_errors.ts";

/**
 * `live` as the writer wants it by `config`.
 *
 * @throws {StatusError} 409 when others own a field that would change, unless it `isForced`
 */
export function applyConfig(
  live: KubeObject,
  config: JsonObject,
  { schema, writer, isForced }: {
    readonly schema: Schema;
    readonly writer: Writer;
    readonly isForced: boolean;
  },
): KubeObject {
  const managers = managersOf(live);
  const wanted = fieldsOf(ownable(config), schema, false);
  const me: Manager = {
    name: writer.manager,
    operation: "Apply",
    apiVersion: live.apiVersion,
    subresource: writer.part === "status" ? "status" : "",
    time: toTimestamp(writer.now),
    fields: wanted,
  };
  const before = managers.find((manager) => isSameManager(manager, me));
  const others = managers.filter((manager) => manager !== before);
  const merged = merge(ownable(live), ownable(config), schema);
  const taken = compare(ownable(live), merged, schema).changed.and(wanted);
  const conflicts = others.map((manager) => ({ manager, fields: manager.fields.and(taken) }))
    .filter(({ fields }) => !fields.isEmpty);
  if (conflicts.length > 0 && !isForced) throw conflictError(conflicts);

  const dropped = others.reduce(
    (fields, manager) => fields.minus(manager.fields),
    (before?.fields ?? new FieldSet()).minus(wanted),
  );
  // Merged once more, because an object that is wanted stays when its last field goes.
  const result = merge(withoutFields(merged, dropped, schema) ?? {}, ownable(config), schema) as JsonObject;
  const object = withOwnable(live, result);
  const isUnchanged = before !== undefined && sameJson(before.fields.toJson(), wanted.toJson()) &&
    sameJson(ownable(live), ownable(object));
  const rest = others.map((manager) => ({ ...manager, fields: manager.fields.minus(taken) }));
  return withManagers(object, [...rest, isUnchanged ? before : me]);
}

/** `live` with the part of it that can be owned replaced. */
function withOwnable(live: KubeObject, owned: JsonObject): KubeObject {
  const { metadata = {}, ...rest } = owned;
  const kept = ownable(live);
  const bare = Object.fromEntries(
    Object.entries(live).filter(([key]) => !Object.hasOwn(kept, key) || key === "metadata"),
  );
  const object = { ...bare, ...rest } as KubeObject;
  const gone = Object.keys((kept["metadata"] ?? {}) as JsonObject).map((key) => [key, undefined]);
  return withMetadata(object, { ...Object.fromEntries(gone), ...(metadata as JsonObject) });
}

function conflictError(
  conflicts: readonly { readonly manager: Manager; readonly fields: FieldSet }[],
): StatusError {
  const told = conflicts.map(({ manager, fields }) => {
    const how = manager.operation === "Update" ? ` using ${manager.apiVersion}` : "";
    const where = manager.subresource ? ` with subresource ${JSON.stringify(manager.subresource)}` : "";
    return { who: `${JSON.stringify(manager.name)}${where}${how}`, paths: fields.paths() };
  });
  const causes = told.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${who}`, field }))
  );
  const message = causes.length === 1
    ? `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`
    : `Apply failed with ${causes.length} conflicts: ${
      told.map(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)].join("\n"))
        .join("\n")
    }`;
  return new StatusError(409, "Conflict", message, { causes });
}
