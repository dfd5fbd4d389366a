/** Definitions: custom resources come to be by posting theirs, as `crd install` does. */

import assert from "node:assert/strict";
import { CRD_NAME, policyCrd } from "../../lib/policy/crd.ts";
import { assertRefusal, type KubeObject, names } from "./object.ts";
import type { Row } from "./row.ts";
import { untilServed } from "./install.ts";
import { call } from "./team.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** A definition that no other row has, in a group of its own: things of a limited size, without status. */
function newDefinition() {
  const plural = "things";
  const group = `g${crypto.randomUUID().slice(0, 8)}.example.com`;
  /** The versions whose schema lets a size be at most `maximum`. */
  const schema = (maximum: number) => ({
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", properties: { size: { type: "integer", maximum } } } },
    }],
  });
  return {
    path: `/apis/${group}/v1/${plural}`,
    name: `${plural}.${group}`,
    body: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Cluster",
        names: { kind: "Thing", plural, singular: "thing", listKind: "ThingList" },
        ...schema(10),
      },
    },
    thing: (name: string, size: number) => ({
      apiVersion: `${group}/v1`,
      kind: "Thing",
      metadata: { name },
      size,
    }),
    schema,
  };
}

function conditions({ status }: KubeObject): string[] {
  const { conditions } = status as { conditions: { type: string; status: string }[] };
  return conditions.map(({ type, status }) => `${type}=${status}`).sort();
}

export const DEFINITION_ROWS: readonly Row[] = [
  {
    name: "the policies' definition is established, under the names it asked for",
    async run(server) {
      const { spec, status, ...rest } = await call(server, "GET", `${DEFINITIONS}/${CRD_NAME}`);
      assert.deepEqual(conditions({ status, ...rest }), ["Established=True", "NamesAccepted=True"]);
      const { acceptedNames, storedVersions } = status as Record<string, unknown>;
      assert.deepEqual(acceptedNames, policyCrd().spec.names);
      assert.deepEqual(storedVersions, ["v1"]);
      assert.deepEqual((spec as { versions: unknown }).versions, policyCrd().spec.versions);
    },
  },
  {
    name: "posting it a second time is a 409",
    async run(server) {
      assertRefusal(await call(server, "POST", DEFINITIONS, policyCrd(), { code: 409 }), {
        code: 409,
        reason: "AlreadyExists",
        message: `customresourcedefinitions.apiextensions.k8s.io "${CRD_NAME}" already exists`,
      });
    },
  },
  {
    name: "a resource is served soon after its definition was posted, and validates by its schema of the day",
    async run(server) {
      const { path, name, body, thing, schema } = newDefinition();
      await call(server, "POST", DEFINITIONS, body);
      await untilServed(server, path);
      const created = await call(server, "POST", path, thing("a", 10));
      assert.equal(created.metadata.namespace, undefined);
      assert.equal(created.metadata.generation, 1);
      assert.deepEqual(await call(server, "GET", `${path}/a`), created);
      assert.deepEqual(names(await call(server, "GET", path)), ["a"]);
      assertRefusal(await call(server, "POST", path, thing("b", 11), { code: 422 }), { code: 422 });
      await call(server, "PATCH", `${DEFINITIONS}/${name}`, { spec: schema(20) });
      await untilServed(server, path, thing("b", 20));
    },
  },
  {
    name: "a definition is changed by a merge patch that says which version it changes",
    async run(server) {
      const { path, name, body, schema } = newDefinition();
      const { resourceVersion: old } = (await call(server, "POST", DEFINITIONS, body)).metadata;
      await untilServed(server, path);
      const { resourceVersion } = (await call(server, "GET", `${DEFINITIONS}/${name}`)).metadata;
      const change = (resourceVersion: string, code: number) =>
        call(server, "PATCH", `${DEFINITIONS}/${name}`, { metadata: { resourceVersion }, spec: schema(20) }, {
          code,
        });
      const { metadata, spec } = await change(resourceVersion, 200);
      assert.equal(metadata.generation, 2);
      assert.deepEqual((spec as { versions: { schema: object }[] }).versions.map((each) => each.schema), [
        { openAPIV3Schema: { type: "object", properties: { size: { type: "integer", maximum: 20 } } } },
      ]);
      assertRefusal(await change(old, 409), { code: 409, reason: "Conflict" });
    },
  },
];
