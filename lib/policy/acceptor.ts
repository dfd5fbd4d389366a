/** Whether a value fits a schema of ours. What is wrong with one that does not is the library's to say. */

import type { Static, TSchema } from "typebox";
import { Test } from "typebox/format";

type Accepts = (value: unknown) => boolean;

/** What is there for people and for Kubernetes alone. */
const SILENT = new Set(["description", "nullable", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"]);

const TYPES: Readonly<Record<string, Accepts>> = {
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === "string",
  array: (value) => Array.isArray(value),
  object: isRecord,
};

/** What each keyword asks of a value of the type that it is about; any other value is fine by it. */
// deno-lint-ignore no-explicit-any -- what a keyword is given is of that keyword's own type
const KEYWORDS: Readonly<Record<string, (given: any) => Accepts>> = {
  type: (name: string) => TYPES[name] ?? unknownHere(`type ${name}`),
  enum: (values: readonly unknown[]) => (value) => values.includes(value),
  minimum: (least: number) => (value) => typeof value !== "number" || value >= least,
  maximum: (most: number) => (value) => typeof value !== "number" || value <= most,
  minLength: (least: number) => (value) => typeof value !== "string" || characters(value) >= least,
  // The units are counted already, and there are no fewer of them than characters.
  maxLength: (most: number) => (value) =>
    typeof value !== "string" || value.length <= most || characters(value) <= most,
  format: (name: string) => (value) => typeof value !== "string" || Test(name, value),
  maxItems: (most: number) => (value) => !Array.isArray(value) || value.length <= most,
  items(schema: TSchema) {
    const accepts = acceptor(schema);
    return (value) => !Array.isArray(value) || value.every((item) => accepts(item));
  },
  required: (keys: readonly string[]) => (value) =>
    !isRecord(value) || keys.every((key) => value[key] !== undefined),
  properties(schemas: Readonly<Record<string, TSchema>>) {
    const fields = Object.entries(schemas).map(([key, schema]) => ({ key, accepts: acceptor(schema) }));
    return (value) =>
      !isRecord(value) || fields.every(({ key, accepts }) => value[key] === undefined || accepts(value[key]));
  },
};

/**
 * Tells whether values fit `schema`, as the library's own check does in ten times the time, and its compiler by making code
 * from text.
 *
 * @throws {TypeError} when the schema asks for something that is not known here
 */
export function acceptor<Schema extends TSchema>(
  schema: Schema,
): (value: unknown) => value is Static<Schema> {
  const rules = Object.entries(schema).filter(([keyword]) => !SILENT.has(keyword))
    .map(([keyword, given]) => (KEYWORDS[keyword] ?? unknownHere(`keyword ${keyword}`))(given));
  return (value): value is Static<Schema> => rules.every((accepts) => accepts(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How many characters a text has: a pair of surrogates is one. */
function characters(text: string): number {
  return Array.from(text).length;
}

function unknownHere(what: string): never {
  throw new TypeError(`The ${what} of a schema is not known to acceptor().`);
}
