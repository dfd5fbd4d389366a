/** Answers about the definition: missing, different, as it should be, or not to be seen. */

import assert from "node:assert/strict";
import type { ServedCrd } from "../../../lib/kube/served_crd.ts";
import { answerTo, refusal, served } from "./facts.ts";

type Version = ServedCrd["spec"]["versions"][0];

Deno.test("judge() says that the definition is missing, and how to install it", () => {
  assert.deepEqual(answerTo("crd", { crd: { told: undefined } }), {
    answer: "no",
    found: "not installed",
    next: "As somebody who may create CRDs: kube-devops crd install",
  });
});

for (
  const [what, change, found] of [
    [
      "a missing field",
      (version: Version) => ({
        schema: { openAPIV3Schema: { ...version.schema!.openAPIV3Schema as object, properties: {} } },
      }),
      "differs in spec.versions[0].schema.openAPIV3Schema.properties.spec, " +
      "spec.versions[0].schema.openAPIV3Schema.properties.status",
    ],
    ["no status", () => ({ subresources: {} }), "differs in spec.versions[0].subresources.status"],
    [
      "other columns",
      () => ({ additionalPrinterColumns: [] }),
      "differs in spec.versions[0].additionalPrinterColumns",
    ],
  ] as const
) {
  Deno.test(`judge() names where the definition differs: ${what}`, () => {
    const { spec } = served();
    const [version] = spec.versions;
    const crd: ServedCrd = { spec: { ...spec, versions: [{ ...version, ...change(version) }] } };
    assert.deepEqual(answerTo("crd", { crd: { told: crd } }), {
      answer: "no",
      found,
      next: "As somebody who may update CRDs: kube-devops crd install --upgrade",
    });
  });
}

Deno.test("judge() does not miss columns that we may not see", () => {
  const { spec } = served();
  const version: Version = { ...spec.versions[0], additionalPrinterColumns: undefined };
  assert.equal(answerTo("crd", { crd: { told: { spec: { ...spec, versions: [version] } } } }).answer, "ok");
});

Deno.test("judge() warns of a server that does not describe the definition, unless it differs elsewhere", () => {
  const { spec } = served();
  const version: Version = { ...spec.versions[0], schema: undefined };
  const undescribed: ServedCrd = { spec: { ...spec, versions: [version] } };
  assert.equal(answerTo("crd", { crd: { told: undescribed } }).answer, "warning");
  const old: ServedCrd = { spec: { ...undescribed.spec, names: { ...spec.names, categories: [] } } };
  assert.match(answerTo("crd", { crd: { told: old } }).found, /^differs in spec\.names\.categories, /);
});

Deno.test("judge() says so when the definition cannot be asked about", () => {
  const { answer, found, next } = answerTo("crd", { crd: { refused: refusal } });
  assert.deepEqual([answer, found], ["no", "not known: you may not ask"]);
  assert.match(next ?? "", /system:discovery/);
});
