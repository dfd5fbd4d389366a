/** The spec of a policy: its schema and type, derived from the table of checks, and the parser that trusts nothing. */

import Type, { type Static, type TOptional, type TUnsafe } from "typebox";
import { Value } from "typebox/value";
import { escapeText } from "../api/text.ts";
import { CHECKS, type CheckSettings } from "./checks/mod.ts";

type SpecProperties = {
  [Field in keyof CheckSettings]: TOptional<TUnsafe<CheckSettings[Field] | null>>;
};

const properties = Object.fromEntries(
  CHECKS.map(({ field, schema }) => [field, Type.Optional<typeof schema>(schema)]),
) as SpecProperties;

/** The schema of `spec`; every field is optional, and a check whose field is omitted, null or false is off. */
export const PolicySpecSchema = Type.Object(properties, {
  description:
    "Which checks apply to the pods of this namespace. An omitted, null or false field turns its check off.",
});

/** Which checks a policy turns on, and how strict they are. */
export type PolicySpec = Static<typeof PolicySpecSchema>;

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
  const present = Object.fromEntries(
    CHECKS.map(({ field }) => [field, Reflect.get(given, field)]).filter(([, value]) => value != null),
  );
  for (const { instancePath, message } of Value.Errors(PolicySpecSchema, present)) {
    const field = instancePath.slice(1);
    throw new InvalidSpecError(`spec.${field} ${message}, it is ${shown(present[field])}.`);
  }
  return Value.Clone(present);
}

/** A setting counts as on unless it is left out, null or false; 0 is a limit like any other. */
export function isOn<Setting>(setting: Setting | null | undefined | false): setting is Setting {
  return setting !== undefined && setting !== null && setting !== false;
}

function shown(value: unknown): string {
  const text = typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
  return escapeText(text, 60);
}
