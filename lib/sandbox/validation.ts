/** Validates objects against structural schemas, in the words of a real API server. */

import { field, isList, isObject, type Json, list } from "./json.ts";
import {
  isNullable,
  isSet,
  itemKey,
  itemSchema,
  listMapKeys,
  propertySchema,
  type Schema,
} from "./schema.ts";
import type { Cause } from "./status_errors.ts";

/** Where a value lies: its field in the object, and its name in messages, which may start further in. */
interface Place {
  readonly field: string;
  readonly name: string;
}

/** What is wrong with `value`; `place` is where it lies in its object. */
export function validate(
  value: Json,
  schema: Schema | undefined,
  place: Place = { field: "", name: "" },
): Cause[] {
  if (schema === undefined || (value === null && isNullable(schema))) return [];
  const type = typeOf(value);
  const wanted = wantedTypes(schema);
  if (wanted.length > 0 && !wanted.includes(type) && !(type === "integer" && wanted.includes("number"))) {
    return [typeCause(place, wanted.join(","), type)];
  }
  if (isObject(value)) return validateObject(value, schema, place);
  if (isList(value)) return validateList(value, schema, place);
  return validateScalar(value, schema, place);
}

function validateObject(value: { readonly [key: string]: Json }, schema: Schema, place: Place): Cause[] {
  const causes: Cause[] = [];
  for (const key of list(schema, "required").map(String)) {
    if (!Object.hasOwn(value, key)) causes.push(required(inside(place, key).field));
  }
  const most = schema["maxProperties"];
  const size = Object.keys(value).length;
  if (typeof most === "number" && size > most) causes.push(tooMany(place, size, most));
  for (const [key, inner] of Object.entries(value)) {
    causes.push(...validate(inner, propertySchema(schema, key), inside(place, key)));
  }
  return causes;
}

function validateList(value: readonly Json[], schema: Schema, place: Place): Cause[] {
  const { minItems, maxItems } = schema;
  if (typeof maxItems === "number" && value.length > maxItems) {
    return [tooMany(place, value.length, maxItems)];
  }
  const causes: Cause[] = [];
  if (typeof minItems === "number" && value.length < minItems) {
    causes.push(bad(place, value.length, `should have at least ${minItems} items`));
  }
  const items = itemSchema(schema);
  const at = (index: number) => ({ field: `${place.field}[${index}]`, name: `${place.name}[${index}]` });
  value.forEach((item, index) => causes.push(...validate(item, items, at(index))));
  const keys = listMapKeys(schema);
  if (keys === undefined && !isSet(schema)) return causes;
  const seen = new Set<string>();
  value.forEach((item, index) => {
    const key = keys === undefined ? JSON.stringify(item) : itemKey(item, keys, items);
    if (key === undefined) return;
    if (seen.has(key)) {
      causes.push({
        reason: "FieldValueDuplicate",
        message: `Duplicate value: ${key}`,
        field: at(index).field,
      });
    }
    seen.add(key);
  });
  return causes;
}

function validateScalar(value: Json, schema: Schema, place: Place): Cause[] {
  const choices = list(schema, "enum");
  if (choices.length > 0 && !choices.includes(value)) {
    const supported = choices.map((choice) => JSON.stringify(choice)).join(", ");
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
    return [{ reason: "FieldValueNotSupported", message, field: place.field }];
  }
  if (typeof value === "string") return validateText(value, schema, place);
  return typeof value === "number" ? validateNumber(value, schema, place) : [];
}

function validateNumber(value: number, schema: Schema, place: Place): Cause[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === "number" && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const how = exclusiveMinimum === true ? "greater than" : "greater than or equal to";
    return [bad(place, value, `should be ${how} ${minimum}`)];
  }
  if (typeof maximum === "number" && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const how = exclusiveMaximum === true ? "less than" : "less than or equal to";
    return [bad(place, value, `should be ${how} ${maximum}`)];
  }
  if (typeof multipleOf === "number" && value % multipleOf !== 0) {
    return [bad(place, value, `should be a multiple of ${multipleOf}`)];
  }
  return [];
}

function validateText(value: string, schema: Schema, place: Place): Cause[] {
  const { minLength, maxLength, pattern, format } = schema;
  if (typeof maxLength === "number" && [...value].length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    return [{ reason: "FieldValueTooLong", message, field: place.field }];
  }
  if (typeof minLength === "number" && [...value].length < minLength) {
    return [bad(place, value, `should be at least ${minLength} chars long`)];
  }
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value)) {
    return [bad(place, value, `should match '${pattern}'`)];
  }
  if (format === "date-time" && !DATE_TIME.test(value)) return [typeCause(place, "date-time", value)];
  if (format === "micro-time" && !MICRO_TIME.test(value)) return [typeCause(place, "micro-time", value)];
  return [];
}

/** The times of leases. */
const MICRO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}(Z|[+-]\d{2}:\d{2})$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function wantedTypes(schema: Schema): readonly string[] {
  if (field(schema, "x-kubernetes-int-or-string") === true) return ["integer", "string"];
  return typeof schema["type"] === "string" ? [schema["type"]] : [];
}

/** The type of a value in the words of JSON schema. A number beyond 64 bits is no integer. */
function typeOf(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "array";
  if (typeof value === "number") {
    return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? "integer" : "number";
  }
  return typeof value;
}

function inside({ field, name }: Place, key: string): Place {
  return { field: field === "" ? key : `${field}.${key}`, name: name === "" ? key : `${name}.${key}` };
}

/** A field that must be there and is not. */
export function required(field: string, why = ""): Cause {
  return { reason: "FieldValueRequired", message: `Required value${why && `: ${why}`}`, field };
}

/** A field whose value will not do. */
export function invalidValue(field: string, value: Json, why: string): Cause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

function bad({ field, name }: Place, value: Json, why: string): Cause {
  return invalidValue(field, value, `${name} in body ${why}`);
}

function typeCause({ field, name }: Place, wanted: string, found: string): Cause {
  const message = `Invalid value: "${found}": ${name} in body must be of type ${wanted}: "${found}"`;
  return { reason: "FieldValueTypeInvalid", message, field };
}

function tooMany({ field }: Place, size: number, most: number): Cause {
  const noun = most === 1 ? "item" : "items";
  const message = `Too many: ${size}: must have at most ${most} ${noun}`;
  return { reason: "FieldValueTooMany", message, field };
}
