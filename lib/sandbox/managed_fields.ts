/** Who set which field: the bookkeeping in `metadata.managedFields`. */

import { toTimestamp } from "../api/clock.ts";
import { sameJson } from "../api/json.ts";
import { compare, ownable } from "./field_compare.ts";
import { FieldSet } from "./field_set.ts";
import { field, isObject, type JsonList, type JsonObject, list, text } from "./json.ts";
import { type KubeObject, withMetadata } from "./kube_object.ts";
import type { Part } from "./resource_type.ts";
import type { Schema } from "./schema.ts";

/** What one manager has set, in one way. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** Who writes, and when. */
export interface Writer {
  readonly manager: string;
  readonly part: Part;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** More managers than this are forgotten, the oldest first. */
const MAX_MANAGERS = 40;

/** The managers of an object. */
export function managersOf(object: JsonObject): readonly Manager[] {
  return list(object, "metadata", "managedFields").filter(isObject).filter((entry) =>
    text(entry, "manager") !== ""
  )
    .map((entry) => ({
      name: text(entry, "manager"),
      operation: text(entry, "operation") === "Apply" ? "Apply" : "Update",
      apiVersion: text(entry, "apiVersion"),
      subresource: text(entry, "subresource"),
      time: text(entry, "time"),
      fields: FieldSet.parse(field(entry, "fieldsV1")),
    }));
}

/** Whether both are the same manager doing the same kind of thing. */
export function isSameManager(a: Manager, b: Manager): boolean {
  return a.name === b.name && a.operation === b.operation && a.subresource === b.subresource;
}

/** An object with its managers written down; those that own nothing are left out. */
export function withManagers(object: KubeObject, managers: readonly Manager[]): KubeObject {
  const kept = managers.filter(({ fields }) => !fields.isEmpty)
    .toSorted((a, b) =>
      a.operation === b.operation ? compareText(a.time, b.time) : compareText(a.operation, b.operation)
    )
    .slice(-MAX_MANAGERS);
  return withMetadata(object, { managedFields: kept.length === 0 ? undefined : kept.map(toEntry) });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toEntry({ name, operation, apiVersion, subresource, time, fields }: Manager): JsonObject {
  return {
    manager: name,
    operation,
    apiVersion,
    ...(time && { time }),
    fieldsType: "FieldsV1",
    fieldsV1: fields.toJson(),
    ...(subresource && { subresource }),
  };
}

/** `changed` with the fields that differ from `old` booked on whoever wrote them; others lose them. */
export function bookUpdate(
  changed: KubeObject,
  old: KubeObject | undefined,
  schema: Schema,
  writer: Writer,
): KubeObject {
  const before = old === undefined ? {} : ownable(old);
  const difference = compare(before, ownable(changed), schema);
  const touched = difference.changed.union(difference.removed);
  const known = managersOf(bookOf(changed, old) as JsonObject);
  if (touched.isEmpty) return withManagers(changed, known);
  const others = (except?: Manager) =>
    known.filter((manager) => manager !== except)
      .map((manager) => ({ ...manager, fields: manager.fields.minus(touched) }));
  if (writer.manager === "") return withManagers(changed, others());
  const mine: Manager = {
    name: writer.manager,
    operation: "Update",
    apiVersion: changed.apiVersion,
    subresource: writer.part === "status" ? "status" : "",
    time: toTimestamp(writer.now),
    fields: difference.changed,
  };
  const own = known.find((manager) => isSameManager(manager, mine));
  const fields = (own?.fields ?? new FieldSet()).minus(difference.removed).union(difference.changed);
  return withManagers(changed, [...others(own), { ...mine, fields }]);
}

/** The book to go on from: the writer may replace it, or empty it to start anew; an empty list means no change. */
function bookOf(changed: KubeObject, old: KubeObject | undefined): JsonObject {
  const asked: JsonList = list(changed, "metadata", "managedFields");
  if (old === undefined || asked.length === 0) return old ?? {};
  return sameJson(asked, list(old, "metadata", "managedFields")) ? old : changed;
}
