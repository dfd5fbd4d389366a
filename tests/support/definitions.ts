/** Definitions of policies other than ours, such as older installations have. */

import { policyCrd } from "../../lib/policy/crd.ts";

/** Our definition with another schema of `spec` or `status`. */
export function definitionWith(properties: { readonly spec?: object; readonly status?: object }): object {
  const definition = policyCrd();
  const versions = definition.spec.versions.map((version) => {
    const own = version.schema.openAPIV3Schema;
    const openAPIV3Schema = { ...own, properties: { ...own.properties, ...properties } };
    return { ...version, schema: { openAPIV3Schema } };
  });
  return { ...definition, spec: { ...definition.spec, versions } };
}

/** Lets anything into a spec. */
export const LAX = definitionWith({ spec: { "x-kubernetes-preserve-unknown-fields": true } });
