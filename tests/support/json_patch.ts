/** JSON patches and merge patches on a policy, refused in the words of a real API server. */

import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../../lib/api/errors.ts";
import type { JsonPatchOperation } from "../../lib/api/ports.ts";

type Json = Record<string, unknown>;

/**
 * `document` after `operations`; itself left as it is.
 *
 * @throws {ApiError} 422 without details: a failed `test`, or a path that leads nowhere
 */
export function jsonPatched<T>(document: T, operations: readonly JsonPatchOperation[]): T {
  const result = structuredClone(document);
  for (const operation of operations) {
    const keys = operation.path.split("/").slice(1).map((key) =>
      key.replaceAll("~1", "/").replaceAll("~0", "~")
    );
    const last = keys.pop() ?? "";
    const parent = keys.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], result);
    if (typeof parent !== "object" || parent === null) throw unprocessable(operation);
    change(parent as Json | unknown[], last, operation);
  }
  return result;
}

function change(parent: Json | unknown[], key: string, operation: JsonPatchOperation): void {
  const here = (parent as Json)[key];
  switch (operation.op) {
    case "test":
      // What is absent compares equal to null.
      if (!isDeepStrictEqual(here ?? null, operation.value ?? null)) throw unprocessable(operation);
      return;
    case "add":
      if (!Array.isArray(parent)) parent[key] = operation.value;
      else parent.splice(key === "-" ? parent.length : Number(key), 0, operation.value);
      return;
    case "remove":
      if (here === undefined) throw unprocessable(operation);
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    default:
      operation satisfies never;
  }
}

function unprocessable({ op, path }: JsonPatchOperation): ApiError {
  const message = `the server rejected our request due to an error in our request: ${op} ${path}`;
  return new ApiError({ code: 422, reason: "Invalid", message });
}

/** `target` after a JSON merge patch: objects are merged, lists replaced, and null takes a field out. */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Json = { ...(isObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatched(result[key], value);
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
