/** Namespaces: what a server fills in, and what it shows of them. */

import { AGE_COLUMN, NAME_COLUMN } from "./columns.ts";
import { list, object, text, withObject } from "./json.ts";
import { isDeleting, type KubeObject } from "./kube_object.ts";
import { BUILT_IN, type ResourceType } from "./resource_type.ts";
import { objectSchema } from "./schema.ts";

/** Those that exist from the start. */
export const FIRST_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];
/** Those that cannot be deleted. */
export const IMMORTAL_NAMESPACES = ["default", "kube-public", "kube-system"];

/** The resource. */
export const NAMESPACES: ResourceType = {
  ...BUILT_IN,
  group: "",
  version: "v1",
  kind: "Namespace",
  listKind: "NamespaceList",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"],
  isNamespaced: false,
  hasStatus: true,
  hasDeleteCollection: false,
  selectableFields: ["status.phase"],
  schema: objectSchema({
    description: "Namespace provides a scope for names.",
    properties: {
      spec: {
        type: "object",
        properties: { finalizers: { type: "array", items: { type: "string" } } },
      },
      status: {
        type: "object",
        properties: {
          phase: { type: "string" },
          conditions: {
            type: "array",
            items: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
          },
        },
      },
    },
  }),
  columns: [
    NAME_COLUMN,
    {
      name: "Status",
      type: "string",
      description: "The status of the namespace.",
      cell: (namespace) => text(namespace, "status", "phase"),
    },
    AGE_COLUMN,
  ],
  complete: (namespace): KubeObject => {
    const name = text(namespace, "metadata", "name");
    const named = withObject(
      namespace.metadata,
      "labels",
      (labels) => ({ ...labels, "kubernetes.io/metadata.name": name }),
    );
    const finalizers = list(namespace, "spec", "finalizers");
    return {
      ...namespace,
      metadata: named,
      spec: { ...object(namespace, "spec"), ...(finalizers.length === 0 && { finalizers: ["kubernetes"] }) },
      status: { ...object(namespace, "status"), phase: isDeleting(namespace) ? "Terminating" : "Active" },
    };
  },
};
