/** The differences between our definition and one as a server shows it to anybody. */

import assert from "node:assert/strict";
import { policyCrd } from "../../lib/policy/crd.ts";
import { servedDifferences } from "../../lib/policy/served_crd.ts";

/** The definition as a server shows it: more than ours in some places, and less in others. */
function served() {
  const { scope, names: { listKind: _, ...names }, versions: [version] } = policyCrd().spec;
  const { name, subresources, schema, additionalPrinterColumns } = version!;
  return {
    spec: {
      scope,
      names,
      versions: [{
        name,
        subresources,
        schema: {
          openAPIV3Schema: { ...schema.openAPIV3Schema, "x-kubernetes-group-version-kind": [] },
        },
        additionalPrinterColumns: additionalPrinterColumns.map(({ jsonPath: _, ...column }) => ({
          priority: 0,
          format: "",
          ...column,
        })) as unknown,
      }],
    },
  };
}
type Served = ReturnType<typeof served>;

Deno.test("servedDifferences() finds none where the server adds to ours, or shows less", () => {
  assert.deepEqual(servedDifferences(served()), []);
});

Deno.test("servedDifferences() does not ask for columns that may not be seen", () => {
  const crd = served();
  crd.spec.versions[0]!.additionalPrinterColumns = undefined;
  assert.deepEqual(servedDifferences(crd), []);
});

const PROPERTIES = "spec.versions[0].schema.openAPIV3Schema.properties";

for (
  const [path, change] of [
    ["spec.scope", ({ spec }: Served) => void (spec.scope = "Cluster")],
    ["spec.names.singular", ({ spec }: Served) => void Object.assign(spec.names, { singular: "policy" })],
    ["spec.names.shortNames", ({ spec }: Served) => void (spec.names.shortNames = [])],
    ["spec.versions[0].subresources.status", ({ spec: { versions: [version] } }: Served) => {
      version!.subresources = {} as { status: object };
    }],
    [
      "spec.versions[0].additionalPrinterColumns",
      ({ spec }: Served) => void (spec.versions[0]!.additionalPrinterColumns = []),
    ],
    [`${PROPERTIES}.spec.properties.maxRestartCount.maximum`, ({ spec: { versions: [version] } }: Served) => {
      version!.schema.openAPIV3Schema.properties.spec.properties.maxRestartCount.maximum = 5;
    }],
    [`${PROPERTIES}.status.properties.findings`, ({ spec: { versions: [version] } }: Served) => {
      delete version!.schema.openAPIV3Schema.properties.status.properties.findings;
    }],
  ] as const
) {
  Deno.test(`servedDifferences() finds ${path}`, () => {
    const crd = served();
    change(crd);
    assert.deepEqual(servedDifferences(crd), [path]);
  });
}
