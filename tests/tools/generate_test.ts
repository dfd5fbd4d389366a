/** The generators: what is kept of an API server's description, and the types made from it. */

import assert from "node:assert/strict";
import { apiTypes } from "../../tools/generate/api_types.ts";
import { openApiFrom } from "../../tools/generate/from_server.ts";
import { CALLS, DOCUMENTS, type OpenApi, trimOpenApi } from "../../tools/generate/openapi.ts";

const POLICY = "io.stochastic.devops.v1.DevOpsPolicy";
const POLICY_PATH = "/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies/{name}";
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const body = (...types: string[]) => ({
  description: "prose",
  content: Object.fromEntries(types.map((type) => [type, { schema: ref(POLICY) }])),
});

/** A call as an API server describes it, with more than we use. */
const call = (method: string, path: string) => ({
  operationId: `${method} ${path}`,
  description: "prose",
  tags: ["x"],
  "x-kubernetes-action": "get",
  parameters: [{ name: "fieldManager", in: "query", schema: { type: "string" } }],
  ...(method === "patch" && {
    requestBody: body(
      "application/json-patch+json",
      "application/merge-patch+json",
      "application/apply-patch+yaml",
    ),
  }),
  responses: { 200: body("application/json", "application/yaml"), 401: { description: "Unauthorized" } },
});

/** What a server sends: every path that we call, each with all methods, and one that we do not call. */
function described(): OpenApi {
  const methods = ["get", "put", "post", "delete", "patch"];
  const item = (path: string) => ({
    description: "prose",
    parameters: [{ name: "pretty", in: "query", schema: { type: "string" } }],
    ...Object.fromEntries(methods.map((method) => [method, call(method, path)])),
  });
  const paths = [...Object.keys(CALLS), "/api/v1/secrets"];
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.34.0" },
    paths: Object.fromEntries(paths.map((path) => [path, item(path)])),
    components: {
      schemas: {
        [POLICY]: {
          type: "object",
          description: "prose",
          properties: {
            description: { type: "string", description: "prose" },
            meta: { allOf: [ref("Meta")] },
            pod: ref("io.k8s.api.core.v1.Pod"),
          },
        },
        Meta: { type: "object", properties: { self: ref("Meta"), time: ref("Time") } },
        Time: { type: "string", format: "date-time" },
        Secret: { type: "object" },
        "io.k8s.api.core.v1.Pod": { type: "object", properties: { spec: ref("PodSpec") } },
        PodSpec: { type: "object" },
      },
    },
  };
}

Deno.test("trimOpenApi() keeps the calls that are used, and no others", () => {
  const { paths } = trimOpenApi([described()]);
  const kept = Object.entries(paths).map(([path, item]) => [path, Object.keys(item).sort()]);
  const wanted = Object.entries(CALLS).map(([path, methods]) => [path, [...methods, "parameters"].sort()]);
  assert.deepEqual(Object.fromEntries(kept), Object.fromEntries(wanted));
});

Deno.test("trimOpenApi() keeps of a call its parameters, its answers, and the media types that we speak", () => {
  const patch = trimOpenApi([described()]).paths[POLICY_PATH]?.patch as Record<
    string,
    Record<string, unknown>
  >;
  assert.deepEqual(Object.keys(patch), ["operationId", "parameters", "requestBody", "responses"]);
  assert.deepEqual(Object.keys(patch.requestBody!.content as object), [
    "application/json-patch+json",
    "application/merge-patch+json",
  ]);
  const answers = patch.responses as Record<string, { content: object }>;
  assert.deepEqual(Object.keys(answers), ["200"]);
  assert.deepEqual(Object.keys(answers["200"]!.content), ["application/json"]);
});

Deno.test("trimOpenApi() keeps the schemas that those calls reach, and leaves pods to their decoder", () => {
  const { components: { schemas } } = trimOpenApi([described()]);
  assert.deepEqual(Object.keys(schemas), ["Meta", "Time", "io.k8s.api.core.v1.Pod", POLICY]);
  assert.deepEqual(schemas["io.k8s.api.core.v1.Pod"], { type: "object" });
  assert.deepEqual(schemas.Time, { type: "string", format: "date-time" });
});

Deno.test("trimOpenApi() leaves out prose and the server's version, but no field called description", () => {
  const trimmed = trimOpenApi([described()]);
  assert.doesNotMatch(JSON.stringify(trimmed), /prose|v1\.34/);
  const { properties } = trimmed.components.schemas[POLICY] as { properties: object };
  assert.deepEqual(Object.keys(properties), ["description", "meta", "pod"]);
});

Deno.test("trimOpenApi() gives the same text however the server orders its documents and keys", () => {
  const whole = described();
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());
  const [pods, others] = [
    ["/api/v1/pods"],
    Object.keys(whole.paths).filter((path) => path !== "/api/v1/pods"),
  ];
  const part = (paths: string[]) => ({
    ...whole,
    paths: reversed(Object.fromEntries(paths.map((path) => [path, whole.paths[path]!]))) as OpenApi["paths"],
    components: { schemas: reversed(whole.components.schemas) },
  });
  const expected = JSON.stringify(trimOpenApi([whole]));
  assert.equal(JSON.stringify(trimOpenApi([part(others), part(pods)])), expected);
});

Deno.test("trimOpenApi() leaves a trimmed document as it is", () => {
  const trimmed = trimOpenApi([described()]);
  assert.deepEqual(trimOpenApi([trimmed]), trimmed);
});

for (const path of Object.keys(CALLS)) {
  Deno.test(`trimOpenApi() refuses documents without ${path}, and names it`, () => {
    const { [path]: _, ...paths } = described().paths;
    assert.throws(() => trimOpenApi([{ ...described(), paths }]), {
      message: `The API server has no path ${path}: is our CRD installed?`,
    });
  });
}

Deno.test("openApiFrom() reads the documents that hold our calls", async () => {
  const asked: string[] = [];
  const trimmed = await openApiFrom((path) => {
    asked.push(path);
    return Promise.resolve(described());
  });
  assert.deepEqual(asked, DOCUMENTS.map((document) => `/openapi/v3/${document}`));
  assert.deepEqual(trimmed, trimOpenApi([described()]));
});

Deno.test("apiTypes() types a JSON patch by its operations, a merge patch by what it patches", async () => {
  const source = await apiTypes(trimOpenApi([described()]));
  const patched = `DeepPartial<components["schemas"]["${POLICY}"]>`;
  const count = (text: string) => source.split(text).length - 1;
  const patches = Object.values(CALLS).filter((methods) => methods.includes("patch")).length;
  assert(patches > 1);
  assert.equal(count('"application/merge-patch+json": ' + patched), count('"application/merge-patch+json"'));
  assert.equal(
    count('"application/json-patch+json": ReadonlyArray<JsonPatchOperation>;'),
    count("json-patch+json"),
  );
  assert(count("json-patch+json") >= patches);
  assert.match(
    source,
    /^import type \{ DeepPartial, JsonPatchOperation \} from "\.\.\/\.\.\/api\/ports\.ts";$/m,
  );
});

Deno.test("apiTypes() leaves the body of an answer as it is described", async () => {
  const source = await apiTypes(trimOpenApi([described()]));
  assert(source.includes(`"application/json": components["schemas"]["${POLICY}"];`));
});

Deno.test("apiTypes() refuses a patch whose answer it cannot name", async () => {
  const document = structuredClone(trimOpenApi([described()]));
  const patch = document.paths[POLICY_PATH]!.patch as { responses: Record<string, unknown> };
  patch.responses = { 200: { description: "" } };
  await assert.rejects(
    apiTypes(document),
    /^Error: Cannot tell what the patch at .*devopspolicies.* answers\.$/,
  );
});
