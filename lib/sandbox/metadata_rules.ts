/** What names, labels, annotations and finalizers may look like, and what of metadata may change. */

import { sameJson } from "../api/json.ts";
import { field, type JsonObject, object, text } from "./json.ts";
import { finalizersOf, isDeleting, type KubeObject } from "./kube_object.ts";
import type { ResourceType } from "./resource_type.ts";
import type { Cause } from "./status_errors.ts";
import { invalidValue, required } from "./validation.ts";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const MAX_ANNOTATION_BYTES = 256 * 1024;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
  `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
  `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${VALUE}')`;
/** What {@linkcode isQualified} asks for, in words. */
export const QUALIFIED_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  `character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`;

/** What is wrong with the metadata of an object. */
export function checkMetadata(type: ResourceType, { metadata }: KubeObject): Cause[] {
  const causes: Cause[] = [...checkName(type, text(metadata, "name"))];
  let size = 0;
  for (const [key, value] of Object.entries(object(metadata, "annotations"))) {
    size += key.length + String(value).length;
    if (!isQualified(key)) causes.push(invalidValue("metadata.annotations", key, QUALIFIED_RULE));
  }
  if (size > MAX_ANNOTATION_BYTES) {
    const message = `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`;
    causes.push({ reason: "FieldValueTooLong", message, field: "metadata.annotations" });
  }
  for (const [key, value] of Object.entries(object(metadata, "labels"))) {
    if (!isQualified(key)) causes.push(invalidValue("metadata.labels", key, QUALIFIED_RULE));
    if (!matches(VALUE, String(value))) causes.push(invalidValue("metadata.labels", value, VALUE_RULE));
    else if (String(value).length > 63) {
      causes.push(invalidValue("metadata.labels", value, "must be no more than 63 bytes"));
    }
  }
  for (const finalizer of finalizersOf({ metadata })) {
    if (!isQualified(finalizer)) causes.push(invalidValue("metadata.finalizers", finalizer, QUALIFIED_RULE));
  }
  return causes;
}

function checkName(type: ResourceType, name: string): Cause[] {
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  if (type.plural === "namespaces") {
    if (name.includes(".")) return [invalidValue("metadata.name", name, "must not contain dots")];
    return checkLabel("metadata.name", name);
  }
  if (name.length > 253) return [invalidValue("metadata.name", name, "must be no more than 253 bytes")];
  return matches(SUBDOMAIN, name) ? [] : [invalidValue("metadata.name", name, SUBDOMAIN_RULE)];
}

/** What is wrong with a name that has to be a single label of DNS. */
export function checkLabel(field: string, name: string): Cause[] {
  if (name.length > 63) return [invalidValue(field, name, "must be no more than 63 bytes")];
  return matches(LABEL, name) ? [] : [invalidValue(field, name, LABEL_RULE)];
}

const IMMUTABLE = ["uid", "deletionTimestamp", "deletionGracePeriodSeconds"];

/** What is wrong with changing the metadata of `old` to that of `changed`; a field left out stays as it was. */
export function checkMetadataChange(changed: JsonObject, old: KubeObject): Cause[] {
  const causes = IMMUTABLE.flatMap((key) => {
    const value = field(changed, "metadata", key);
    const isSame = value === undefined || value === null || sameJson(value, field(old.metadata, key));
    return isSame ? [] : [invalidValue(`metadata.${key}`, value, "field is immutable")];
  });
  if (isDeleting(old)) {
    const added = finalizersOf(changed).filter((finalizer) => !finalizersOf(old).includes(finalizer));
    if (added.length > 0) {
      const found = added.map((finalizer) => JSON.stringify(finalizer)).join(", ");
      const message = "Forbidden: no new finalizers can be added if the object is being deleted, " +
        `found new finalizers []string{${found}}`;
      causes.push({ reason: "FieldValueForbidden", message, field: "metadata.finalizers" });
    }
  }
  return causes;
}

/** The finalizers that others might use, too, as the server warns of them. */
export function finalizerWarnings(changed: KubeObject, old: KubeObject | undefined): string[] {
  const known = old === undefined ? [] : finalizersOf(old);
  return finalizersOf(changed).filter((finalizer) => !known.includes(finalizer) && !finalizer.includes("/"))
    .map((finalizer) =>
      `metadata.finalizers: ${
        JSON.stringify(finalizer)
      }: prefer a domain-qualified finalizer name to avoid ` +
      "accidental conflicts with other finalizer writers"
    );
}

/** Whether a key is a name, with or without a domain before it. */
export function isQualified(key: string): boolean {
  const parts = key.split("/");
  const name = parts.at(-1)!;
  const isNamed = name.length <= 63 && matches(QUALIFIED, name);
  return parts.length === 1
    ? isNamed
    : parts.length === 2 && isNamed && matches(SUBDOMAIN, parts[0]!.toLowerCase());
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^${pattern}$`).test(value);
}
