/** What is wrong with a CustomResourceDefinition, and what of it the sandbox does not do. */

import { unsupported } from "./call.ts";
import { field, isList, isObject, type Json, list, object, text } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { type Cause, notImplemented } from "./status_errors.ts";
import { invalidValue, required } from "./validation.ts";

/** Parts of schemas that would have to be understood to be kept to. */
const UNKNOWN_KEYWORDS = [
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "x-kubernetes-validations",
  "x-kubernetes-embedded-resource",
];

/** What is wrong with a definition. @throws {StatusError} 501 for what the sandbox does not do */
export function checkDefinition(definition: KubeObject): Cause[] {
  const { spec } = definition;
  const [group, plural] = [text(spec, "group"), text(spec, "names", "plural")];
  const [name, scope] = [text(definition.metadata, "name"), text(spec, "scope")];
  const versions = list(spec, "versions");
  const causes: Cause[] = [];
  if (name !== `${plural}.${group}`) {
    causes.push(invalidValue("metadata.name", name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (scope === "") causes.push(required("spec.scope"));
  else if (scope !== "Cluster" && scope !== "Namespaced") {
    causes.push(unsupported("spec.scope", JSON.stringify(scope), ["Cluster", "Namespaced"]));
  }
  if (versions.filter((version) => field(version, "storage") === true).length !== 1) {
    const told = versions.length === 0 ? null : versions;
    causes.push(
      invalidValue("spec.versions", told, "must have exactly one version marked as storage version"),
    );
  }
  versions.forEach((version, index) => causes.push(...checkVersion(version, `spec.versions[${index}]`)));
  for (const key of ["plural", "singular", "kind", "listKind"]) {
    if (text(spec, "names", key) === "") causes.push(required(`spec.names.${key}`));
  }
  if (causes.length === 0) refuseUnknownFeatures(spec!, versions);
  return causes;
}

function checkVersion(version: Json, path: string): Cause[] {
  const schema = field(version, "schema", "openAPIV3Schema");
  if (!isObject(schema)) return [required(`${path}.schema.openAPIV3Schema`)];
  if (text(schema, "type") !== "object") {
    const at = `${path}.schema.openAPIV3Schema.type`;
    return [
      text(schema, "type") === ""
        ? required(at, "must not be empty at the root")
        : invalidValue(at, schema["type"]!, "must be object at the root"),
    ];
  }
  return checkSchema(schema, `${path}.schema.openAPIV3Schema`);
}

/** Whether a schema is structural: each field has a type, and each list says what is in it. */
function checkSchema(schema: Json, path: string): Cause[] {
  if (!isObject(schema)) return [invalidValue(path, schema, "must be an object")];
  const isAnything = schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema["x-kubernetes-int-or-string"] === true;
  const type = text(schema, "type");
  if (type === "" && !isAnything) {
    return [required(`${path}.type`, "must not be empty for specified object fields")];
  }
  if (type === "array" && !isObject(schema["items"])) return [required(`${path}.items`, "must be specified")];
  const pattern = text(schema, "pattern");
  if (pattern !== "" && !isPattern(pattern)) {
    return [invalidValue(`${path}.pattern`, pattern, "must be a valid regular expression")];
  }
  const inner = Object.entries(object(schema, "properties"))
    .flatMap(([key, property]) => checkSchema(property, `${path}.properties[${key}]`));
  for (const key of ["items", "additionalProperties"]) {
    const value = schema[key];
    if (isObject(value)) inner.push(...checkSchema(value, `${path}.${key}`));
  }
  return inner;
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function refuseUnknownFeatures(spec: Json, versions: readonly Json[]): void {
  if (text(spec, "conversion", "strategy") === "Webhook") throw notImplemented("Conversion by webhooks");
  if (versions.length > 1) throw notImplemented("Definitions with several versions");
  for (const version of versions) {
    if (field(version, "subresources", "scale") !== undefined) throw notImplemented("The scale subresource");
    const keyword = unknownKeyword(field(version, "schema", "openAPIV3Schema")!);
    if (keyword !== undefined) throw notImplemented(`Validation by ${keyword}`);
  }
}

function unknownKeyword(schema: Json): string | undefined {
  if (!isObject(schema)) return undefined;
  const own = UNKNOWN_KEYWORDS.find((keyword) => Object.hasOwn(schema, keyword));
  const { items, additionalProperties } = schema;
  const inner = [...Object.values(object(schema, "properties")), items, additionalProperties];
  return own ??
    inner.filter((value) => value !== undefined && !isList(value)).map((value) => unknownKeyword(value!))
      .find((keyword) => keyword !== undefined);
}
