/** Tells where a definition differs from ours by what a server shows of it to whoever has no right on definitions. */

import { policyCrd } from "./crd.ts";
import { differences } from "./crd_diff.ts";

/** What a served definition is compared in. */
interface Served {
  readonly spec: { readonly versions: readonly { readonly additionalPrinterColumns: unknown }[] };
}

/** The paths at which `served` is not what our definition would be served as; none when it is current. */
export function servedDifferences(served: Served): string[] {
  const { scope, names: { listKind: _, ...names }, versions } = policyCrd().spec;
  const shown = versions.map(({ name, subresources, additionalPrinterColumns, schema }, i) => ({
    name,
    subresources,
    schema,
    // The paths behind the columns never show; the columns only to whoever may list policies.
    ...(served.spec.versions[i]?.additionalPrinterColumns !== undefined && {
      additionalPrinterColumns: additionalPrinterColumns.map(({ jsonPath: _, ...column }) => column),
    }),
  }));
  return differences({ spec: { scope, names, versions: shown } }, served);
}
