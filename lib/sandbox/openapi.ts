/** The OpenAPI v3 documents of the resources, as far as kubectl reads them: to explain, to apply and to validate. */

import type { JsonObject } from "./json.ts";
import type { Registry } from "./registry.ts";
import { apiVersionOf, type ResourceType } from "./resource_type.ts";
import { objectSchema } from "./schema.ts";

const METADATA_NAME = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** The index of the documents. */
export function openApiIndex(registry: Registry): JsonObject {
  const paths = registry.apiVersions().map((apiVersion) => {
    const path = pathOf(apiVersion);
    return [path, { serverRelativeURL: `/openapi/v3/${path}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/** The document of a group and version, named as in the index; undefined when there is none. */
export function openApiDocument(path: string, registry: Registry): JsonObject | undefined {
  const types = registry.all().map(({ type }) => type).filter((type) => pathOf(apiVersionOf(type)) === path);
  if (types.length === 0) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "The sandbox of kube-devops", version: "v1.34.0" },
    paths: Object.fromEntries(types.flatMap((type) => pathsOf(type, path))),
    components: {
      schemas: {
        [METADATA_NAME]: {
          ...METADATA,
          description: "What every object has: its name, its labels, its history.",
        },
        ...Object.fromEntries(types.map((type) => [schemaName(type), schemaOf(type)])),
      },
    },
  };
}

const IDENTITY: JsonObject = {
  apiVersion: { type: "string", description: "The group and the version in which the object is written." },
  kind: { type: "string", description: "What the object is." },
};
const METADATA = (objectSchema({}) as { properties: { metadata: JsonObject } }).properties.metadata;

function pathOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function schemaName({ group, version, kind }: ResourceType): string {
  if (group === "") return `io.k8s.api.core.${version}.${kind}`;
  return `${group.split(".").reverse().join(".")}.${version}.${kind}`;
}

function kindOf({ group, version, kind }: ResourceType): JsonObject {
  return { group, version, kind };
}

function schemaOf(type: ResourceType): JsonObject {
  const { properties, ...rest } = type.schema as { properties: JsonObject };
  return {
    ...rest,
    properties: {
      ...properties,
      ...IDENTITY,
      metadata: {
        description: "The name, the labels and the history of the object.",
        allOf: [{ $ref: `#/components/schemas/${METADATA_NAME}` }],
        default: {},
      },
    },
    "x-kubernetes-group-version-kind": [kindOf(type)],
  };
}

const FIELD_VALIDATION = {
  name: "fieldValidation",
  in: "query",
  schema: { type: "string", uniqueItems: true },
};
const DRY_RUN = { name: "dryRun", in: "query", schema: { type: "string", uniqueItems: true } };

/** The paths of a type. kubectl looks at the parameters of PATCH to know what the server can do. */
function pathsOf(type: ResourceType, prefix: string): [string, JsonObject][] {
  const collection = `/${prefix}/${type.isNamespaced ? "namespaces/{namespace}/" : ""}${type.plural}`;
  const schema = { $ref: `#/components/schemas/${schemaName(type)}` };
  const content = { "application/json": { schema } };
  const answer = { responses: { 200: { description: "OK", content } } };
  const act = (action: string, more: JsonObject = {}) => ({
    ...answer,
    ...more,
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kindOf(type),
  });
  if (type.isReadOnly) return [[collection, { get: act("list") }]];
  const parameters = [DRY_RUN, FIELD_VALIDATION];
  // Strategic patches are left out: kubectl would work them out from these schemas, which say too little of lists deep
  // within pods. As it is, it relies on what it knows itself of built-in kinds.
  const patches = [
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
  ];
  const patchContent = Object.fromEntries(patches.map((media) => [media, { schema: { type: "object" } }]));
  return [
    [collection, { get: act("list"), post: act("post", { parameters, requestBody: { content } }) }],
    [`${collection}/{name}`, {
      get: act("get"),
      put: act("put", { parameters, requestBody: { content } }),
      patch: act("patch", { parameters, requestBody: { content: patchContent } }),
      delete: act("delete"),
    }],
  ];
}
