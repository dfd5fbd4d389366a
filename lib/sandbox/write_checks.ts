/** What stands in the way of a write: rules that are broken, sizes that are too large, namespaces that are not there. */

import type { Call } from "./call.ts";
import { field, text } from "./json.ts";
import { isDeleting, type KubeObject } from "./kube_object.ts";
import { checkMetadata } from "./metadata_rules.ts";
import { NAMESPACES } from "./namespaces.ts";
import { propertySchema, type Schema } from "./schema.ts";
import { type Cause, forbidden, invalid, notFound, StatusError } from "./status_errors.ts";
import { invalidValue, validate } from "./validation.ts";

/** What etcd takes at most for one object. */
const MAX_OBJECT_LENGTH = 1.5 * 1024 * 1024;

/** Refuses an object that breaks a rule of its kind, or of all objects. @throws {StatusError} 422 */
export function refuseInvalid(
  wanted: KubeObject,
  old: KubeObject | undefined,
  { resource: { type }, part }: Call,
  more: readonly Cause[],
): void {
  const isStatus = part === "status";
  const causes = [
    ...more,
    ...(isStatus ? [] : checkMetadata(type, wanted)),
    // Built-in objects were held to their schema when they were decoded.
    ...(type.isCustom ? validatePart(wanted, type.schema, isStatus) : []),
    ...(isStatus ? [] : type.check?.(wanted, old) ?? []),
  ];
  if (causes.length > 0) throw invalid(type, type.kind, text(wanted.metadata, "name"), causes);
}

function validatePart(wanted: KubeObject, schema: Schema, isStatus: boolean): Cause[] {
  if (!isStatus) return validate(wanted, schema);
  const place = { field: "status", name: "" };
  return validate(field(wanted, "status") ?? {}, propertySchema(schema, "status"), place);
}

/** Refuses an object that etcd would not take. @throws {StatusError} 500, as a real server does */
export function refuseLarge(wanted: KubeObject): void {
  if (JSON.stringify(wanted).length > MAX_OBJECT_LENGTH) {
    throw new StatusError(500, "", "etcdserver: request is too large");
  }
}

/** Objects are created in namespaces that exist and are not about to go. @throws {StatusError} 403 or 404 */
export function requireNamespace({ registry, namespace, resource: { type } }: Call, name: string): void {
  if (!type.isNamespaced) return;
  const found = registry.of(NAMESPACES).store.get({ namespace: "", name: namespace });
  if (found === undefined) throw notFound(NAMESPACES, namespace);
  if (!isDeleting(found)) return;
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(type, name, why, [cause]);
}

/** A PUT says which version it is about, unless its kind allows otherwise. @throws {StatusError} 422 */
export function requireVersion(wanted: KubeObject, { resource: { type }, name }: Call): void {
  if (type.updatesUnconditionally || text(wanted.metadata, "resourceVersion") !== "") return;
  const cause = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
  throw invalid(type, type.plural, name, [cause]);
}
