/** One request for objects, with its query parameters checked. */

import type { Clock } from "../api/clock.ts";
import type { Registry, Resource } from "./registry.ts";
import type { Part } from "./resource_type.ts";
import { badRequest, type Cause, invalidOptions } from "./status_errors.ts";
import { required } from "./validation.ts";

/** A request for objects of one resource. */
export interface Call {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly resource: Resource;
  /** Empty for all namespaces, and for a resource that has none. */
  readonly namespace: string;
  /** Empty for the whole collection. */
  readonly name: string;
  readonly part: Part;
  readonly request: Request;
  readonly query: URLSearchParams;
  /** What the answer warns of. */
  readonly warnings: string[];
}

/** How to write. */
export interface WriteOptions {
  readonly isDryRun: boolean;
  /** Who writes, for `managedFields`; empty when the request does not say, not even by its user agent. */
  readonly manager: string;
  readonly fieldValidation: "Ignore" | "Warn" | "Strict";
  /** Whether an apply takes fields over from others. */
  readonly isForced: boolean;
}

/** Beyond this, a name of a field manager is refused. */
const MAX_MANAGER_LENGTH = 128;

/** The options of a request that writes; `kind` is what its refusal is about, for example `PatchOptions`. */
export function writeOptions({ query, request }: Call, kind: string, isApply = false): WriteOptions {
  const causes: Cause[] = [];
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) {
    causes.push(unsupported("dryRun", JSON.stringify(dryRun), ["All"]));
  }
  const manager = query.get("fieldManager") ?? "";
  if (manager.length > MAX_MANAGER_LENGTH) {
    const message = `Too long: may not be more than ${MAX_MANAGER_LENGTH} bytes`;
    causes.push({ reason: "FieldValueTooLong", message, field: "fieldManager" });
  }
  if (isApply && manager === "") causes.push(required("fieldManager", "is required for apply patch"));
  const validation = query.get("fieldValidation") || "Warn";
  if (validation !== "Ignore" && validation !== "Warn" && validation !== "Strict") {
    const known = ["", "Ignore", "Strict", "Warn"];
    causes.push(unsupported("fieldValidation", JSON.stringify(validation), known));
  }
  const force = query.get("force");
  if (force !== null && !isApply) {
    const message = "Forbidden: may not be specified for non-apply patch";
    causes.push({ reason: "FieldValueForbidden", message, field: "force" });
  }
  if (causes.length > 0) throw invalidOptions(kind, causes);
  return {
    isDryRun: dryRun.length > 0,
    manager: manager ||
      (request.headers.get("user-agent") ?? "").split("/")[0]!.slice(0, MAX_MANAGER_LENGTH),
    fieldValidation: validation as WriteOptions["fieldValidation"],
    isForced: force === "true" || force === "1",
  };
}

/** A value that is none of those supported. */
export function unsupported(field: string, value: string, supported: readonly string[]): Cause {
  const list = supported.map((word) => JSON.stringify(word)).join(", ");
  return {
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${value}: supported values: ${list}`,
    field,
  };
}

/** A whole number among the query parameters; undefined when it is not given. */
export function numberParameter(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  if (!/^-?\d{1,18}$/.test(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return Number(value);
}
