/** `kube-devops crd generate`. */

import crd from "../../crds/devopspolicies.yaml" with { type: "text" };
import { print } from "./output.ts";

/**
 * Prints the CustomResourceDefinition: the generated file, which `deno task check` holds against the schemas. Printing it
 * takes half the time that making it anew would, most of which goes into loading the libraries for it.
 */
export function crdGenerate(): void {
  print(crd.trimEnd());
}
