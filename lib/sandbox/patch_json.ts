/** JSON patches (RFC 6902), guarded: a library applies them, and what it would let slip is refused before. */

import { applyPatch, type Operation, Pointer } from "rfc6902";
import { field, isList, isObject, type Json, type JsonList, type JsonObject, text } from "./json.ts";
import { badRequest, StatusError } from "./status_errors.ts";

/** More operations than this are refused, as by a real API server. */
const MAX_OPERATIONS = 10_000;
/** How much text copies may add up to: each could double the object. */
const MAX_COPIED = 3 * 1024 * 1024;
/** The library reads past these. */
const UNREADABLE = ["__proto__", "constructor", "prototype"];

/**
 * A changed copy of `target`.
 *
 * @throws {StatusError} 422 without details when an operation cannot be done or a test fails, 400 when it is no patch
 */
export function applyJsonPatch(target: JsonObject, patch: Json): Json {
  if (!isList(patch)) {
    throw badRequest(
      "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    const message =
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new StatusError(413, "RequestEntityTooLarge", message);
  }
  const root: { value: Json } = { value: structuredClone(target) as Json };
  let copied = 0;
  for (const operation of patch) {
    if (isVacuousTest(root.value, operation)) continue;
    const source = text(operation, "op") === "copy"
      ? resolve(root.value, text(operation, "from"))
      : undefined;
    copied += source === undefined ? 0 : JSON.stringify(source.value ?? null).length;
    if (copied > MAX_COPIED || !isSafe(root.value, operation)) throw rejected();
    applyOne(
      root.value,
      isNewField(root.value, operation) ? { ...operation as JsonObject, op: "add" } : operation,
    );
  }
  return root.value;
}

function applyOne(target: Json, operation: Json): void {
  let problem: Error | null | undefined;
  try {
    [problem] = applyPatch(target, [operation as unknown as Operation]);
  } catch {
    throw rejected();
  }
  if (problem !== null) throw rejected();
}

/** A real API server holds a missing field for null when a test asks for null. */
function isVacuousTest(target: Json, operation: Json): boolean {
  if (text(operation, "op") !== "test" || (field(operation, "value") ?? null) !== null) return false;
  const found = resolve(target, text(operation, "path"));
  return found !== undefined && found.value === undefined;
}

/** A real API server lets a replacement add a field that is not there. */
function isNewField(target: Json, operation: Json): boolean {
  const path = text(operation, "path");
  const parent = resolve(target, path.slice(0, path.lastIndexOf("/")))?.value;
  return text(operation, "op") === "replace" && isObject(parent) &&
    resolve(target, path)?.value === undefined;
}

/** Whether an operation touches nothing but own fields of JSON objects and items of lists. */
function isSafe(target: Json, operation: Json): boolean {
  if (!isObject(operation)) return false;
  const path = resolve(target, text(operation, "path"));
  if (path === undefined) return false;
  switch (text(operation, "op")) {
    case "add":
      return true;
    case "replace":
      return path.value !== undefined || isNewField(target, operation);
    case "move":
    case "copy":
      return resolve(target, text(operation, "from"))?.value !== undefined;
    default:
      return path.value !== undefined;
  }
}

/** What a pointer leads to: undefined when its parent does not exist, or no value when only the last step does not. */
function resolve(target: Json, path: string): { readonly value: Json | undefined } | undefined {
  if (path !== "" && !path.startsWith("/")) return undefined;
  let value: Json | undefined = target;
  for (const token of Pointer.fromJSON(path).tokens.slice(1)) {
    if (UNREADABLE.includes(token)) return undefined;
    if (isList(value)) value = itemAt(value, token);
    else if (isObject(value)) value = field(value, token);
    else return undefined;
  }
  return { value };
}

function itemAt(items: JsonList, token: string): Json | undefined {
  return /^(0|[1-9]\d*)$/.test(token) ? items[Number(token)] : undefined;
}

function rejected(): StatusError {
  return new StatusError(
    422,
    "Invalid",
    "the server rejected our request due to an error in our request",
    {},
  );
}
