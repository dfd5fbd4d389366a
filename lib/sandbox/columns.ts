/** The columns in which `kubectl get` shows objects, and the cells in them. */

import { field, isList, isObject, type Json, list, text } from "./json.ts";

/** One column of a table. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description: string;
  /** 0 is shown always, more only with `-o wide`. */
  readonly priority?: number;
  /** The cell for an object; `now` in milliseconds. */
  readonly cell: (object: Json, now: number) => Json;
}

/** The first column of every table. */
export const NAME_COLUMN: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "The name of the object.",
  cell: (object) => text(object, "metadata", "name"),
};

/** The age of the object. */
export const AGE_COLUMN: Column = {
  name: "Age",
  type: "string",
  description: "How long ago the object was created.",
  cell: (object, now) => ageOf(text(object, "metadata", "creationTimestamp"), now) ?? "<unknown>",
};

/** The columns of a custom resource, as its definition describes them in `additionalPrinterColumns`. */
export function definedColumns(definitions: readonly Json[]): readonly Column[] {
  if (definitions.length === 0) return [NAME_COLUMN, { ...AGE_COLUMN, type: "date" }];
  return [
    NAME_COLUMN,
    ...definitions.map((definition): Column => {
      const path = text(definition, "jsonPath");
      const type = text(definition, "type");
      const priority = field(definition, "priority");
      return {
        name: text(definition, "name"),
        type,
        format: text(definition, "format"),
        description: text(definition, "description") ||
          `Custom resource definition column (in JSONPath format): ${path}`,
        priority: typeof priority === "number" ? priority : 0,
        cell: (object, now) => toCell(find(object, path), type, now),
      };
    }),
  ];
}

function toCell(value: Json | undefined, type: string, now: number): Json {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "date":
      return typeof value === "string" ? ageOf(value, now) ?? "<invalid>" : "<invalid>";
    case "integer":
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    default:
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

/** Steps of the JSONPath that columns use: `.name`, `[0]` and `[?(@.type=="Ready")]`. */
const STEP = /\.((?:[^.[\]\\]|\\.)+)|\[(\d+)\]|\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]/gy;

/** The value at a path; undefined when there is none, or when the path uses more than the sandbox knows. */
function find(object: Json, path: string): Json | undefined {
  let current: Json | undefined = object;
  let read = 0;
  for (const [step, name, index, key, wanted] of path.matchAll(STEP)) {
    read += step.length;
    if (name !== undefined) current = field(current, name.replaceAll("\\", ""));
    else if (index !== undefined) current = isList(current) ? current[Number(index)] : undefined;
    else {
      current = (isList(current) ? current : []).find((item) =>
        isObject(item) && text(item, key!) === wanted
      );
    }
  }
  return read === path.length ? current : undefined;
}

/** How long ago `timestamp` was, as `kubectl` writes it; undefined when it cannot be read. */
export function ageOf(timestamp: string, now: number): string | undefined {
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? undefined : toDuration(now - then);
}

/** A span of milliseconds in at most two units, the coarser the longer: `45s`, `3m12s`, `5h`, `2d3h`, `326d`. */
export function toDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return pair(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? pair(years, "y", days % 365, "d") : `${years}y`;
}

function pair(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;
}

/** How many items of a list satisfy a test. */
export function count(items: Json | undefined, path: string[], test: (item: Json) => boolean): number {
  return list(items, ...path).filter(test).length;
}
