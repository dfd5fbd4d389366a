/** CustomResourceDefinitions: the resource itself, and the resources that come of it. */

import { sameJson } from "../api/json.ts";
import { AGE_COLUMN, definedColumns, NAME_COLUMN } from "./columns.ts";
import { checkDefinition } from "./crd_rules.ts";
import { field, isObject, type JsonObject, list, object, text, withFields } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { BUILT_IN, type ResourceType } from "./resource_type.ts";
import { objectSchema, type Schema } from "./schema.ts";

/** Keeps a definition until its objects are gone. */
export const CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

const TEXT = { type: "string" };
const ANY = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const ANY_LIST = { type: "array", items: ANY, "x-kubernetes-list-type": "atomic" };

/** The resource. */
export const CRDS: ResourceType = {
  ...BUILT_IN,
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  listKind: "CustomResourceDefinitionList",
  plural: "customresourcedefinitions",
  singular: "customresourcedefinition",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  isNamespaced: false,
  hasStatus: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: objectSchema({
    description: "CustomResourceDefinition represents a resource that should be exposed on the API server.",
    required: ["spec"],
    properties: {
      spec: {
        type: "object",
        properties: {
          conversion: ANY,
          group: TEXT,
          names: ANY,
          preserveUnknownFields: { type: "boolean" },
          scope: TEXT,
          versions: ANY_LIST,
        },
      },
      status: {
        type: "object",
        properties: {
          acceptedNames: ANY,
          conditions: {
            type: "array",
            nullable: true,
            items: ANY,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
          },
          storedVersions: { type: "array", items: TEXT, "x-kubernetes-list-type": "atomic" },
        },
      },
    },
  }),
  columns: [
    NAME_COLUMN,
    {
      ...AGE_COLUMN,
      name: "Created At",
      type: "date",
      cell: (definition) => text(definition, "metadata", "creationTimestamp"),
    },
  ],
  complete,
  check: checkDefinition,
};

function complete(definition: KubeObject, old: KubeObject | undefined): KubeObject {
  const names = object(definition, "spec", "names");
  const kind = text(names, "kind");
  const spec = {
    ...object(definition, "spec"),
    conversion: { strategy: "None", ...object(definition, "spec", "conversion") },
    names: {
      ...names,
      ...(kind && {
        singular: text(names, "singular") || kind.toLowerCase(),
        listKind: text(names, "listKind") || `${kind}List`,
      }),
    },
  };
  const stored = list(spec, "versions").filter((version) => field(version, "storage") === true)
    .map((version) => text(version, "name"));
  const status = old === undefined
    ? { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: stored }
    : object(definition, "status");
  return { ...definition, spec, status };
}

/** The resources that a definition defines, one for each version that is served. */
export function customTypes(definition: KubeObject): readonly ResourceType[] {
  const { spec } = definition;
  const names = field(spec, "names");
  return list(spec, "versions").filter((version) => field(version, "served") === true).map((version) => {
    const schema = field(version, "schema", "openAPIV3Schema");
    return {
      group: text(spec, "group"),
      version: text(version, "name"),
      kind: text(names, "kind"),
      listKind: text(names, "listKind"),
      plural: text(names, "plural"),
      singular: text(names, "singular"),
      shortNames: list(names, "shortNames").map(String),
      categories: list(names, "categories").map(String),
      isNamespaced: text(spec, "scope") === "Namespaced",
      hasStatus: isObject(field(version, "subresources", "status")),
      hasGeneration: true,
      isCustom: true,
      isReadOnly: false,
      createsOnUpdate: false,
      updatesUnconditionally: false,
      hasDeleteCollection: true,
      schema: customSchema(isObject(schema) ? schema : {}),
      columns: definedColumns(list(version, "additionalPrinterColumns")),
      selectableFields: list(version, "selectableFields").map((entry) => text(entry, "jsonPath").slice(1)),
    };
  });
}

function customSchema(own: Schema): Schema {
  // The metadata that a definition describes does not count: it is the same for all objects.
  const properties = withFields(object(own, "properties"), {
    apiVersion: undefined,
    kind: undefined,
    metadata: undefined,
  });
  return objectSchema({ ...own, properties });
}

/** The status of a definition that is accepted; undefined when it says so already. */
export function acceptedStatus(definition: KubeObject, now: string): JsonObject | undefined {
  const acceptedNames = object(definition, "spec", "names");
  const isAccepted = list(definition, "status", "conditions").some((condition) =>
    text(condition, "type") === "Established" && text(condition, "status") === "True"
  );
  if (isAccepted && sameJson(acceptedNames, object(definition, "status", "acceptedNames"))) return undefined;
  const conditions = [
    condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
    condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now),
  ];
  return { ...object(definition, "status"), conditions, acceptedNames };
}

/** The status of a definition that is to go. */
export function terminatingStatus(definition: KubeObject, now: string): JsonObject {
  const words = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon";
  const conditions = [
    ...list(definition, "status", "conditions"),
    condition("Terminating", "InstanceDeletionPending", words, now),
  ];
  return { ...object(definition, "status"), conditions };
}

function condition(type: string, reason: string, message: string, now: string): JsonObject {
  return { type, status: "True", lastTransitionTime: now, reason, message };
}
