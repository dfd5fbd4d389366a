/** Makes the CustomResourceDefinition's YAML. */

import { stringify } from "yaml";
import { policyCrd } from "../../lib/policy/crd.ts";

/** The definition as YAML 1.1, the version that kubectl reads: in 1.2 an unquoted `yes` would be text. */
export function crdYaml(): string {
  return stringify(policyCrd(), { version: "1.1", aliasDuplicateObjects: false, lineWidth: 110 });
}
