/** Trims the OpenAPI v3 documents of an API server to the calls that the operator makes. */

/** Each call: its path, its methods, and for a write the body's media type. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  "/api/v1/pods": ["get"],
  "/api/v1/namespaces/{namespace}/pods": ["get"],
  "/apis/devops.stochastic.io/v1/devopspolicies": ["get"],
  "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies": ["get"],
  "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}": [
    "get",
    "patch",
    "delete",
  ],
  "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}/status": ["patch"],
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": ["post"],
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}": ["get", "patch", "delete"],
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": ["post"],
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": ["post"],
  "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases": ["post"],
  "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}": ["get", "patch"],
  "/apis/events.k8s.io/v1/namespaces/{namespace}/events": ["post"],
  "/apis/events.k8s.io/v1/namespaces/{namespace}/events/{name}": ["patch"],
  "/version/": ["get"],
};

/** The media types that the operator speaks; all others of a call are left out. */
const MEDIA_TYPES = [
  "application/json",
  "application/json-patch+json",
  "application/merge-patch+json",
  "*/*",
];

/** Schemas left opaque, because their bytes go to a decoder of our own and never through a generated type. */
const OPAQUE = ["io.k8s.api.core.v1.Pod"];

/** The documents to read, by the path below `/openapi/v3/`. */
export const DOCUMENTS = [
  "api/v1",
  "apis/devops.stochastic.io/v1",
  "apis/apiextensions.k8s.io/v1",
  "apis/authorization.k8s.io/v1",
  "apis/authentication.k8s.io/v1",
  "apis/coordination.k8s.io/v1",
  "apis/events.k8s.io/v1",
  "version",
];

type Json = { [key: string]: unknown };

/** An OpenAPI document, as far as trimming looks into it. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: Json;
  readonly paths: Record<string, Json>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

/**
 * One document out of several: the paths and methods of {@linkcode CALLS} and the schemas they need, keys sorted.
 *
 * @throws {Error} naming the call that no document has
 */
export function trimOpenApi(documents: readonly OpenApi[]): OpenApi {
  const schemas: Record<string, unknown> = Object.assign(
    {},
    ...documents.map((document) => document.components.schemas),
  );
  const paths = Object.fromEntries(
    Object.entries(CALLS).map(([path, methods]) => {
      const item = documents.find((document) => path in document.paths)?.paths[path];
      if (item === undefined) throw new Error(`The API server has no path ${path}: is our CRD installed?`);
      const kept = Object.entries(item).filter(([key]) => key === "parameters" || methods.includes(key));
      return [
        path,
        Object.fromEntries(kept.map(([key, value]) => [key, key === "parameters" ? value : trimCall(value)])),
      ];
    }),
  );
  const needed: Record<string, unknown> = {};
  const queue = referencesIn(paths);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name in needed) continue;
    needed[name] = OPAQUE.includes(name) ? { type: "object" } : schemas[name];
    queue.push(...referencesIn(needed[name]));
  }
  return sorted(withoutProse({
    openapi: "3.0.0",
    info: { title: "The calls of the kube-devops operator", version: "unversioned" },
    paths,
    components: { schemas: needed },
  })) as unknown as OpenApi;
}

function trimCall(call: unknown): unknown {
  const { requestBody, responses, parameters, operationId } = call as Json;
  return {
    operationId,
    ...(parameters !== undefined && { parameters }),
    ...(requestBody !== undefined && { requestBody: onlyOurMedia(requestBody) }),
    responses: Object.fromEntries(
      Object.entries(responses as Json).filter(([code]) => code.startsWith("2"))
        .map(([code, response]) => [code, onlyOurMedia(response)]),
    ),
  };
}

function onlyOurMedia(body: unknown): unknown {
  const { content, ...rest } = body as { content?: Json };
  if (content === undefined) return rest;
  return {
    ...rest,
    content: Object.fromEntries(Object.entries(content).filter(([type]) => MEDIA_TYPES.includes(type))),
  };
}

function referencesIn(value: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(value, (key, inner) => {
    if (key === "$ref") found.push(String(inner).replace("#/components/schemas/", ""));
    return inner;
  });
  return found;
}

/** Leaves out descriptions, which are most of the document and change with every release of the server. */
function withoutProse(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(
      value,
      (key, inner) => key === "description" && typeof inner === "string" ? undefined : inner,
    ),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}
