/** What the server knows of a kind of objects: its names, its schema, its columns, and its own rules. */

import type { KubeObject } from "./kube_object.ts";
import type { Schema } from "./schema.ts";
import type { Cause } from "./status_errors.ts";
import type { Column } from "./columns.ts";

/** Which part of an object a request writes. */
export type Part = "main" | "status";

/** A kind of objects. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  /** Whether status is written through a path of its own. */
  readonly hasStatus: boolean;
  /** Whether `metadata.generation` counts the changes of the spec. */
  readonly hasGeneration: boolean;
  /** Whether it is defined by a CustomResourceDefinition: errors and patches differ. */
  readonly isCustom: boolean;
  /** Whether there are none and will be none: the sandbox only tells that. */
  readonly isReadOnly: boolean;
  /** Whether a PUT creates what is not there. */
  readonly createsOnUpdate: boolean;
  /** Whether a PUT may leave the version out. */
  readonly updatesUnconditionally: boolean;
  /** Whether a whole collection may be deleted. */
  readonly hasDeleteCollection: boolean;
  readonly schema: Schema;
  readonly columns: readonly Column[];
  /** The fields beside name and namespace that a field selector may ask for. */
  readonly selectableFields: readonly string[];
  /** Fills in what the server decides before an object is stored; `old` is what it takes the place of. */
  readonly complete?: (object: KubeObject, old: KubeObject | undefined) => KubeObject;
  /** What is wrong with an object beyond its schema. */
  readonly check?: (object: KubeObject, old: KubeObject | undefined) => readonly Cause[];
  /** How many seconds an object is given to end before it is taken out; undefined for no such thing. */
  readonly gracePeriod?: (object: KubeObject, asked: number | undefined) => number;
}

/** The usual answers for a built-in kind. */
export const BUILT_IN = {
  shortNames: [],
  categories: [],
  isNamespaced: true,
  hasStatus: false,
  hasGeneration: false,
  isCustom: false,
  isReadOnly: false,
  createsOnUpdate: false,
  updatesUnconditionally: true,
  hasDeleteCollection: true,
  selectableFields: [],
} as const;

/** `v1` or `devops.stochastic.io/v1`. */
export function apiVersionOf({ group, version }: Pick<ResourceType, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** What can be done with objects of a type, in the words of discovery. */
export function verbsOf(type: ResourceType): readonly string[] {
  if (type.isReadOnly) return ["get", "list", "watch"];
  if (type.isCustom) {
    return ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
  }
  return [
    "create",
    "delete",
    ...(type.hasDeleteCollection ? ["deletecollection"] : []),
    "get",
    "list",
    "patch",
    "update",
    "watch",
  ];
}
