/** The refusals of an API server: each with the code, the words and the details that clients know it by. */

import { ApiError } from "../api/errors.ts";
import type { JsonObject } from "./json.ts";

/** What is wrong with one field. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** Which resource a refusal speaks of. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** A refusal with the `details` of its `Status`. */
export class StatusError extends ApiError {
  constructor(
    code: number,
    reason: string,
    message: string,
    readonly details?: JsonObject,
    /** Set on the answer to a list whose continuation is gone. */
    readonly metadata: JsonObject = {},
  ) {
    super({ code, reason, message });
  }
}

/** `pods` or `devopspolicies.devops.stochastic.io`. */
export function qualified({ group }: Named, word: string): string {
  return group === "" ? word : `${word}.${group}`;
}

function about({ group }: Named, kind: string, name: string, more: JsonObject = {}): JsonObject {
  return { ...(name && { name }), ...(group && { group }), ...(kind && { kind }), ...more };
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

/** 404 for one object. */
export function notFound(type: Named, name: string): StatusError {
  const message = `${qualified(type, type.plural)} "${name}" not found`;
  return new StatusError(404, "NotFound", message, about(type, type.plural, name));
}

/** 404 for a whole resource. */
export function noSuchResource(): StatusError {
  return new StatusError(404, "NotFound", "the server could not find the requested resource", {});
}

/** 409: the name is taken, if only by something that is about to go. */
export function alreadyExists(type: Named, name: string, isDeleting: boolean): StatusError {
  const message = `${isDeleting ? "object is being deleted: " : ""}${
    qualified(type, type.plural)
  } "${name}" already exists`;
  return new StatusError(409, "AlreadyExists", message, about(type, type.plural, name));
}

/** 409: the object has moved on from the version that the request was made for. */
export function modified(type: Named, name: string): StatusError {
  return conflict(
    type,
    type.plural,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

/** 409 with a sentence of one's own. */
export function conflict(type: Named, kind: string, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(type, kind)} "${name}": ${why}`;
  return new StatusError(409, "Conflict", message, about(type, kind, name));
}

/** 422: what is wrong, field by field. */
export function invalid(type: Named, kind: string, name: string, causes: readonly Cause[]): StatusError {
  const told = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const list = told.length === 1 ? told[0] : `[${told.join(", ")}]`;
  const message = `${qualified(type, kind)} "${name}" is invalid: ${list}`;
  const details = about(type, kind, name, { causes: causes.map((cause) => ({ ...cause })) });
  return new StatusError(422, "Invalid", message, details);
}

/** 422 for the query parameters of a request. */
export function invalidOptions(kind: string, causes: readonly Cause[]): StatusError {
  return invalid({ group: "meta.k8s.io", plural: kind, kind }, kind, "", causes);
}

/** 403: allowed to ask, but not this. */
export function forbidden(
  type: Named,
  name: string,
  why: string,
  causes: readonly Cause[] = [],
): StatusError {
  const message = `${qualified(type, type.plural)} "${name}" is forbidden: ${why}`;
  const more = causes.length > 0 ? { causes: causes.map((cause) => ({ ...cause })) } : {};
  return new StatusError(403, "Forbidden", message, about(type, type.plural, name, more));
}

/** 501: a real server could, this one does not. */
export function notImplemented(what: string): StatusError {
  return new StatusError(
    501,
    "NotImplemented",
    `${what}: the sandbox does not do this, a real API server does`,
  );
}

/** 410: the history that was asked for is forgotten. */
export function expired(message: string, metadata?: JsonObject): StatusError {
  return new StatusError(410, "Expired", message, undefined, metadata);
}

/** The `Status` object that an error is told in; what nobody expected is told as 500. */
export function toStatus(error: unknown): JsonObject {
  const { code, reason, message, details, metadata } = error instanceof StatusError
    ? error
    : new StatusError(500, "InternalError", `Internal error occurred: ${(error as Error)?.message}`);
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: metadata ?? {},
    status: "Failure",
    message,
    ...(reason !== "" && { reason }),
    ...(details !== undefined && { details }),
    code,
  };
}
