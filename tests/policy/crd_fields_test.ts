/** The fields of the definition's schema, one by one: types, formats, bounds, and what may be null. */

import assert from "node:assert/strict";
import { policyCrd } from "../../lib/policy/crd.ts";
import type { OpenApiSchema } from "../support/openapi_schema.ts";

const root: OpenApiSchema | undefined = policyCrd().spec.versions[0]?.schema.openAPIV3Schema;
const spec = root?.properties?.spec?.properties ?? {};
const status = root?.properties?.status?.properties ?? {};

Deno.test("spec is required, status is not, and both are described objects", () => {
  assert.equal(root?.type, "object");
  assert.deepEqual(root?.required, ["spec"]);
  assert.deepEqual(Object.keys(root?.properties ?? {}), ["spec", "status"]);
  assert.deepEqual([root?.properties?.spec?.type, root?.properties?.status?.type], ["object", "object"]);
  assert.equal(root?.properties?.status?.nullable, true);
  assert.deepEqual([root?.properties?.spec?.required, root?.properties?.status?.required], [
    undefined,
    undefined,
  ]);
});

for (
  const [field, expected] of [
    ["forbidLatestTag", { type: "boolean", nullable: true }],
    ["requireLivenessProbe", { type: "boolean", nullable: true }],
    ["requireReadinessProbe", { type: "boolean", nullable: true }],
    ["maxRestartCount", {
      type: "integer",
      format: "int32",
      nullable: true,
      minimum: 0,
      maximum: 2_147_483_647,
    }],
    ["forbidPendingDuration", {
      type: "integer",
      format: "int64",
      nullable: true,
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    }],
  ] as const
) {
  Deno.test(`spec.${field} is ${JSON.stringify(expected)}`, () => {
    const { description, ...rest } = spec[field] ?? {};
    assert.deepEqual(rest, expected);
    assert.ok(description && description.length > 20);
  });
}

Deno.test("spec has the five fields of the original and no others", () =>
  assert.equal(Object.keys(spec).length, 5));

Deno.test("status has the six fields of the original, nullable as there, and ours", () => {
  const nullable = Object.entries(status).filter(([, schema]) => schema.nullable).map(([name]) => name);
  assert.deepEqual(nullable.toSorted(), [
    "healthScore",
    "healthy",
    "lastEvaluated",
    "message",
    "observedGeneration",
    "violations",
  ]);
  const ours = Object.keys(status).filter((name) => !nullable.includes(name));
  assert.deepEqual(ours.toSorted(), ["classification", "conditions", "findings", "pods"]);
});

for (
  const [field, type, format] of [
    ["observedGeneration", "integer", "int64"],
    ["healthy", "boolean", undefined],
    ["healthScore", "integer", "int32"],
    ["violations", "integer", "int64"],
    ["lastEvaluated", "string", "date-time"],
    ["message", "string", undefined],
    ["classification", "string", undefined],
    ["pods", "integer", "int64"],
    ["findings", "array", undefined],
    ["conditions", "array", undefined],
  ] as const
) {
  Deno.test(`status.${field} is ${type} ${format ?? "of no format"}`, () => {
    assert.deepEqual([status[field]?.type, status[field]?.format], [type, format]);
  });
}

Deno.test("status bounds what is in it", () => {
  assert.deepEqual([status.healthScore?.minimum, status.healthScore?.maximum], [0, 100]);
  assert.deepEqual([status.violations?.minimum, status.pods?.minimum], [0, 0]);
  assert.deepEqual(status.classification?.enum, ["Healthy", "Stable", "Degraded", "Critical"]);
  assert.equal(status.findings?.maxItems, 20);
  assert.deepEqual(status.findings?.items?.required, ["pod", "check", "detail"]);
});

Deno.test("conditions are a map by type, so that several writers can share them", () => {
  const { conditions } = status;
  assert.equal(conditions?.["x-kubernetes-list-type"], "map");
  assert.deepEqual(conditions?.["x-kubernetes-list-map-keys"], ["type"]);
  const required = ["type", "status", "lastTransitionTime", "reason", "message"];
  assert.deepEqual(conditions?.items?.required?.toSorted(), required.toSorted());
  assert.deepEqual(conditions?.items?.properties?.status?.enum, ["True", "False", "Unknown"]);
});
