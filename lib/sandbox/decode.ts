/** Turns what a request wants stored into an object of its type: known fields only, defaults filled in. */

import type { Call, WriteOptions } from "./call.ts";
import { type Json, type JsonObject, object as objectAt, text } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { applyDefaults, prune } from "./pruning.ts";
import { apiVersionOf, type ResourceType } from "./resource_type.ts";
import { METADATA_SCHEMA } from "./schema.ts";
import { badRequest, type Cause, invalid, type StatusError } from "./status_errors.ts";
import { invalidValue, validate } from "./validation.ts";

/** Where an object comes from: a body of its own, or an old object and a patch. */
export type Origin = "body" | "patch";

/**
 * The object that `json` is meant to be.
 *
 * @throws {StatusError} 400 or 422 for another kind, for metadata of wrong types, and for unknown fields where they are
 *   refused; otherwise they are dropped and warned of
 */
export function decode(
  json: JsonObject,
  origin: Origin,
  { resource: { type }, warnings }: Call,
  { fieldValidation }: WriteOptions,
): KubeObject {
  const named = type.isCustom
    ? json
    : { ...json, apiVersion: apiVersionOf(type), kind: text(json, "kind") || type.kind };
  checkKind(named, json, origin, type);
  const refuse = (why: string) => origin === "patch" ? patchRefused(named, why) : cannotHandle(type, why);
  const wrong = validate(named["metadata"] ?? {}, METADATA_SCHEMA, { field: "metadata", name: "metadata" });
  if (wrong.length > 0) throw refuse(goWords(wrong[0]!));
  const unknown: string[] = [];
  const known = prune(named, type.schema, (path) => unknown.push(path)) as JsonObject;
  if (type.isCustom) unknown.sort();
  if (unknown.length > 0 && fieldValidation === "Strict") {
    throw refuse(`strict decoding error: ${unknown.map((path) => `unknown field "${path}"`).join(", ")}`);
  }
  if (fieldValidation === "Warn") warnings.push(...unknown.map((path) => `unknown field "${path}"`));
  const object = applyDefaults(known, type.schema) as JsonObject;
  if (!type.isCustom) {
    const mistyped = validate(object, type.schema).filter(({ reason }) => reason === "FieldValueTypeInvalid");
    if (mistyped.length > 0) throw refuse(goWords(mistyped[0]!));
  }
  return { ...object, metadata: withoutEmpty(objectAt(object, "metadata")) } as unknown as KubeObject;
}

/** Metadata as it is stored: lists and maps that are empty are not there. */
function withoutEmpty(metadata: JsonObject): JsonObject {
  const isEmpty = (key: string, value: Json) =>
    key !== "managedFields" && typeof value === "object" &&
    (value === null || Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(metadata).filter(([key, value]) => !isEmpty(key, value)));
}

function checkKind(named: JsonObject, given: JsonObject, origin: Origin, type: ResourceType): void {
  const [apiVersion, kind] = [text(named, "apiVersion"), text(named, "kind")];
  const wanted = apiVersionOf(type);
  const name = text(named, "metadata", "name");
  if (kind === "") {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): Object 'Kind' is missing in ` +
        `'${JSON.stringify(given).slice(0, 256)}'`,
    );
  }
  const version = text(given, "apiVersion") || (type.isCustom ? "" : wanted);
  if (version !== wanted) {
    if (origin === "patch") {
      throw invalid(type, kind, name, [invalidValue("apiVersion", version, `must be ${wanted}`)]);
    }
    throw badRequest(
      `the API version in the data (${version}) does not match the expected API version (${wanted})`,
    );
  }
  if (kind === type.kind) return;
  if (type.isCustom) throw invalid(type, kind, name, [invalidValue("kind", kind, `must be ${type.kind}`)]);
  throw badRequest(
    `${kind} in version "${type.version}" cannot be handled as a ${type.kind}: ` +
      `converting (${apiVersion}.${kind}) to (${type.kind}): unknown conversion`,
  );
}

function cannotHandle({ kind, version }: ResourceType, why: string): StatusError {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
}

function patchRefused(object: JsonObject, why: string): StatusError {
  const told = JSON.stringify(JSON.stringify(object));
  const cause: Cause = {
    reason: "FieldValueInvalid",
    message: `Invalid value: ${told}: ${why}`,
    field: "patch",
  };
  return invalid({ group: "", plural: "", kind: "" }, "", "", [cause]);
}

/** A wrong type in the words of the decoder of a real API server. */
function goWords({ field, message }: Cause): string {
  const [, wanted, found] = /must be of type ([^:]+): "(.+)"$/.exec(message) ?? [];
  if (wanted === "micro-time") return `parsing time "${found}" as "2006-01-02T15:04:05.000000Z07:00"`;
  const go: Readonly<Record<string, string>> = {
    boolean: "bool",
    integer: "int64",
    object: "map",
    array: "slice",
  };
  const place = field.replace(/^metadata\.(\w+).*/, "ObjectMeta.$1");
  const seen = found === "integer" ? "number" : found === "boolean" ? "bool" : found;
  return `json: cannot unmarshal ${seen} into Go struct field ${place} of type ${go[wanted ?? ""] ?? wanted}`;
}

/** Whether the name and the namespace that an object carries are those of the path; missing ones are filled in. */
export function placed(
  object: KubeObject,
  { namespace, name }: Pick<Call, "namespace" | "name">,
): KubeObject {
  const [ownName, ownNamespace] = [text(object.metadata, "name"), text(object.metadata, "namespace")];
  if (name !== "" && ownName === "") {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== "" && ownName !== name) {
    throw badRequest(`the name of the object (${ownName}) does not match the name on the URL (${name})`);
  }
  if (ownNamespace !== "" && ownNamespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  const place: [string, Json][] = namespace === "" ? [] : [["namespace", namespace]];
  return { ...object, metadata: { ...object.metadata, ...Object.fromEntries(place) } };
}
