/** `kube-devops crd generate`. */

import { stringify } from "yaml";
import { policyCrd } from "../policy/crd.ts";
import { print } from "./output.ts";

/** The CustomResourceDefinition as YAML 1.1, the version that kubectl reads. */
export function crdYaml(): string {
  return stringify(policyCrd(), { version: "1.1", aliasDuplicateObjects: false, lineWidth: 110 });
}

/** Prints the CustomResourceDefinition. */
export function crdGenerate(): void {
  print(crdYaml().trimEnd());
}
