/** The CustomResourceDefinition: its names, its columns, and a schema that API servers accept as structural. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Errors } from "typebox/schema";
import { FINALIZER, POLICY_RESOURCE } from "../../lib/api/devops_policy.ts";
import { CRD_NAME, policyCrd } from "../../lib/policy/crd.ts";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { parseSpec } from "../../lib/policy/parse_spec.ts";
import { nextStatus } from "../../lib/policy/status.ts";
import { moments, namespacePods, specs } from "../support/arbitraries.ts";
import type { OpenApiSchema } from "../support/openapi_schema.ts";

const crd = policyCrd();
const version = crd.spec.versions[0]!;
const root: OpenApiSchema = version.schema.openAPIV3Schema;
const status = root.properties?.status?.properties ?? {};

Deno.test("the definition is a CustomResourceDefinition named after plural and group", () => {
  assert.deepEqual([crd.apiVersion, crd.kind], ["apiextensions.k8s.io/v1", "CustomResourceDefinition"]);
  assert.deepEqual(crd.metadata, { name: "devopspolicies.devops.stochastic.io" });
  assert.equal(CRD_NAME, "devopspolicies.devops.stochastic.io");
});

Deno.test("the resource is DevOpsPolicy of devops.stochastic.io/v1, namespaced, `dop` for short", () => {
  assert.deepEqual([crd.spec.group, crd.spec.scope], ["devops.stochastic.io", "Namespaced"]);
  assert.deepEqual(crd.spec.names, {
    kind: "DevOpsPolicy",
    listKind: "DevOpsPolicyList",
    plural: "devopspolicies",
    singular: "devopspolicy",
    shortNames: ["dop"],
    categories: ["devops"],
  });
  assert.equal(crd.spec.versions.length, 1);
  assert.deepEqual([version.name, version.served, version.storage], ["v1", true, true]);
  assert.equal(FINALIZER, `${POLICY_RESOURCE.group}/cleanup`);
});

Deno.test("status is a subresource", () => assert.deepEqual(version.subresources, { status: {} }));

Deno.test("kubectl get shows score, health, violations and ages, and the message only when asked for more", () => {
  assert.deepEqual(version.additionalPrinterColumns.map(({ name, type }) => [name, type]), [
    ["Score", "integer"],
    ["Healthy", "boolean"],
    ["Violations", "integer"],
    ["Message", "string"],
    ["Last-Evaluated", "date"],
    ["Age", "date"],
  ]);
  const wide = version.additionalPrinterColumns.filter(({ priority = 0 }) => priority > 0);
  assert.deepEqual(wide.map(({ name }) => name), ["Message"]);
});

Deno.test("every column shows a field that the schema has, of the column's type", () => {
  for (const { name, type, jsonPath } of version.additionalPrinterColumns) {
    const [, parent, field] = jsonPath.split(".");
    if (parent === "metadata") continue;
    const schema = status[field ?? ""];
    assert.ok(schema, `${name}: ${jsonPath}`);
    assert.equal(schema.format === "date-time" ? "date" : schema.type, type, name);
  }
});

/** All that a structural schema of ours may say; unions, references and the marks of libraries are not among it. */
const ALLOWED = new Set(
  "type description format nullable minimum maximum minLength maxLength maxItems enum required properties items"
    .split(" ").concat("x-kubernetes-list-type", "x-kubernetes-list-map-keys"),
);

/** Every node of a schema, with the path that leads to it. */
function* nodes(schema: OpenApiSchema, path = "root"): Generator<[string, OpenApiSchema]> {
  yield [path, schema];
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield* nodes(child, `${path}.${name}`);
  if (schema.items) yield* nodes(schema.items, `${path}[]`);
}

Deno.test("the schema is structural: each node has a type, and nothing but what API servers know", () => {
  const all = [...nodes(root)];
  assert.ok(all.length > 25, `${all.length} nodes`);
  for (const [path, schema] of all) {
    assert.equal(typeof schema.type, "string", path);
    assert.deepEqual(Reflect.ownKeys(schema).filter((key) => !ALLOWED.has(String(key))), [], path);
    assert.equal(schema.type === "array", schema.items !== undefined, path);
    for (const name of schema.required ?? []) {
      assert.ok(schema.properties?.[name], `${path} requires ${name}`);
    }
  }
});

Deno.test("the definition is plain data: JSON keeps all of it, and each call answers a fresh copy", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(crd)), crd);
  assert.deepEqual(policyCrd(), crd);
  assert.notEqual(policyCrd().spec.versions[0]?.schema.openAPIV3Schema.properties, root.properties);
});

Deno.test("what the operator reads and writes keeps to the schema of the definition", () => {
  fc.assert(fc.property(namespacePods, specs, moments, (pods, given, now) => {
    const spec = parseSpec(given);
    const outcome = { kind: "evaluated", evaluation: evaluate(pods, spec, now) } as const;
    const object = { spec, status: nextStatus({}, outcome, { generation: 1, now }) };
    assert.deepEqual(Errors(root, JSON.parse(JSON.stringify(object)))[1], []);
  }));
});
