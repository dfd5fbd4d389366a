/** Kinds of which the sandbox has none: kubectl reads them on its way, to describe a namespace or to tell of the cluster. */

import { AGE_COLUMN, NAME_COLUMN } from "./columns.ts";
import { BUILT_IN, type ResourceType } from "./resource_type.ts";
import { objectSchema } from "./schema.ts";

/** The resources. They can be read, and are empty. */
export const UNUSED_KINDS: readonly ResourceType[] = [
  unused("Service", "svc", ["all"]),
  unused("ResourceQuota", "quota"),
  unused("LimitRange", "limits"),
];

function unused(kind: string, shortName: string, categories: readonly string[] = []): ResourceType {
  return {
    ...BUILT_IN,
    group: "",
    version: "v1",
    kind,
    listKind: `${kind}List`,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [shortName],
    categories,
    isReadOnly: true,
    schema: objectSchema({ description: `${kind} is a kind of which the sandbox has none.` }),
    columns: [NAME_COLUMN, AGE_COLUMN],
  };
}
