/** The parser of a policy's spec, which trusts nothing that an API server holds. */

import { Errors } from "typebox/schema";
import { escapeText } from "../api/text.ts";
import { acceptor } from "./acceptor.ts";
import { CHECKS } from "./checks/mod.ts";
import { type PolicySpec, PolicySpecSchema } from "./spec.ts";

const acceptsSpec = acceptor(PolicySpecSchema);

/** A spec that the schema refuses; the message names the field and the value in one sentence. */
export class InvalidSpecError extends Error {
  override readonly name = "InvalidSpecError";
}

/**
 * The spec, if it is one: an API server with an older CRD, or none of our schema, may hold anything.
 *
 * @throws {InvalidSpecError} naming the first field that is wrong
 */
export function parseSpec(spec: unknown): PolicySpec {
  const given = spec ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new InvalidSpecError(`spec must be an object, it is ${shown(given)}.`);
  }
  const present: Record<string, unknown> = {};
  for (const { field } of CHECKS) {
    const value: unknown = Reflect.get(given, field);
    if (value != null) present[field] = value;
  }
  if (acceptsSpec(present)) return present;
  const { instancePath, message } = Errors(PolicySpecSchema, present)[1][0]!;
  const field = instancePath.slice(1);
  throw new InvalidSpecError(`spec.${field} ${message}, it is ${shown(present[field])}.`);
}

function shown(value: unknown): string {
  const text = typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
  return escapeText(text, 60);
}
