/** Writes objects and lists in the form that a client asked for. */

import type { Call } from "./call.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import type { Form } from "./negotiation.ts";
import { apiVersionOf, type ResourceType } from "./resource_type.ts";

/** How the rows of a table carry the objects they are about; the rest is {@linkcode Form}. */
export interface Presentation {
  readonly form: Form;
  readonly includeObject: string;
  /** Milliseconds since 1970, for ages: a watch goes on long after it was asked for. */
  readonly now: () => number;
}

/** One object in the form asked for. */
export function present(
  object: KubeObject,
  { resource }: Pick<Call, "resource">,
  presentation: Presentation,
): Json {
  const { form } = presentation;
  switch (form.as) {
    case "object":
      return object;
    case "metadata":
      return partial(object, form.version);
    case "table": {
      const metadata = { resourceVersion: object.metadata["resourceVersion"] ?? "" };
      return {
        ...tableHead(resource.type.columns, form.version, metadata),
        rows: [row(object, resource, presentation)],
      };
    }
    default:
      return form satisfies never;
  }
}

/** What comes before and after the items of a list in the form asked for, and each item by itself. */
export interface ListFrame {
  readonly head: JsonObject;
  readonly items: "items" | "rows";
  readonly item: (object: KubeObject) => Json;
}

/** The frame of a list with this metadata. */
export function listFrame(
  { resource }: Pick<Call, "resource">,
  presentation: Presentation,
  metadata: JsonObject,
): ListFrame {
  const { form } = presentation;
  const { type } = resource;
  switch (form.as) {
    case "object":
      return {
        head: { kind: type.listKind, apiVersion: apiVersionOf(type), metadata },
        items: "items",
        item: (object) => toItem(object, type),
      };
    case "metadata":
      return {
        head: { kind: "PartialObjectMetadataList", apiVersion: `meta.k8s.io/${form.version}`, metadata },
        items: "items",
        item: (object) => partial(object, form.version),
      };
    case "table":
      return {
        head: tableHead(type.columns, form.version, metadata),
        items: "rows",
        item: (object) => row(object, resource, presentation),
      };
    default:
      return form satisfies never;
  }
}

/** An object as an item of a list: those of built-in kinds leave to the list to say what they are. */
export function toItem(object: KubeObject, { isCustom }: ResourceType): JsonObject {
  if (isCustom) return object;
  const { apiVersion: _apiVersion, kind: _kind, ...item } = object;
  return item;
}

/** The same table with its columns left out, as all but the first of a watch come. */
export function withoutColumns(table: Json): Json {
  return isObject(table) ? { ...table, columnDefinitions: null } : table;
}

function tableHead(
  columns: Call["resource"]["type"]["columns"],
  version: string,
  metadata: JsonObject,
): JsonObject {
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns.map(({ name, type, format = "", description, priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  };
}

function row(
  object: KubeObject,
  { type }: Call["resource"],
  { form, includeObject, now }: Presentation,
): JsonObject {
  const version = form.as === "table" ? form.version : "v1";
  return {
    cells: type.columns.map(({ cell }) => cell(object, now())),
    object: includeObject === "None" ? null : includeObject === "Object" ? object : partial(object, version),
  };
}

function partial({ metadata }: KubeObject, version: string): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata };
}
