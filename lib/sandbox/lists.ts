/** Lists: which objects, from where on, as of when; sent piece by piece, so that 20,000 pods are never one text. */

import { type Call, numberParameter, unsupported } from "./call.ts";
import { listFrame, type Presentation } from "./forms.ts";
import { field, isObject, type JsonObject, text } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { sortKey } from "./object_store.ts";
import { parseSelectors } from "./selectors.ts";
import { badRequest, type Cause, expired, invalidOptions, StatusError } from "./status_errors.ts";

const MAX_VERSION = /^\d{1,15}$/;

/** The list that a request asks for, as pieces of JSON. @throws {StatusError} before the first piece */
export function list(call: Call, presentation: Presentation): Iterable<string> {
  const { query, registry, resource: { type, store }, namespace } = call;
  const selector = parseSelectors(query, type);
  const asked = checkListOptions(query);
  const limit = query.get("resourceVersion") === "0" ? 0 : Math.max(0, numberParameter(query, "limit") ?? 0);
  const token = query.get("continue") ? parseToken(query.get("continue")!) : undefined;
  const current = registry.versions.current;
  if (asked !== undefined && asked > current) throw tooLarge(asked, current);
  const isExact = query.get("resourceVersionMatch") === "Exact";
  const version = token?.version ?? (isExact ? asked! : current);
  const all = version === current ? [...store.values(namespace)] : store.valuesAt(namespace, version);
  if (all === undefined) throw token === undefined ? tooOld() : tooOldToContinue(token, current);
  const rest = all.filter((object) =>
    (token === undefined || sortKey(object) > token.after) && (selector?.(object) ?? true)
  );
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const left = rest.length - page.length;
  const metadata = {
    resourceVersion: String(version),
    ...(left > 0 && { continue: toToken(version, page.at(-1)!) }),
    // Whoever selects cannot be told how many remain without looking at them.
    ...(left > 0 && selector === undefined && { remainingItemCount: left }),
  };
  return pieces(page, call, presentation, metadata);
}

function* pieces(
  page: readonly KubeObject[],
  call: Call,
  presentation: Presentation,
  metadata: JsonObject,
): Generator<string> {
  const { head, items, item } = listFrame(call, presentation, metadata);
  yield `${JSON.stringify(head).slice(0, -1)},"${items}":[`;
  let separator = "";
  for (const object of page) {
    yield separator + JSON.stringify(item(object));
    separator = ",";
  }
  yield "]}\n";
}

/** Checks the parameters that depend on each other; the answer is the version asked for. */
function checkListOptions(query: URLSearchParams): number | undefined {
  const [version, match] = [query.get("resourceVersion") ?? "", query.get("resourceVersionMatch") ?? ""];
  const causes: Cause[] = [];
  const forbid = (why: string, field = "resourceVersionMatch") =>
    causes.push({ reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field });
  if (query.has("sendInitialEvents")) forbid("sendInitialEvents is forbidden for list", "sendInitialEvents");
  if (match !== "" && version === "") {
    forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (match !== "" && query.get("continue")) {
    forbid("resourceVersionMatch is forbidden when continue is provided");
  }
  if (match !== "" && match !== "Exact" && match !== "NotOlderThan") {
    causes.push(unsupported("resourceVersionMatch", JSON.stringify(match), ["Exact", "NotOlderThan", ""]));
  }
  if (match === "Exact" && version === "0") {
    forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (causes.length > 0) throw invalidOptions("ListOptions", causes);
  return parseVersion(version, "invalid resource version: ");
}

/** A resource version as a number; undefined when none is given. */
export function parseVersion(version: string, prefix = ""): number | undefined {
  if (version === "") return undefined;
  if (MAX_VERSION.test(version)) return Number(version);
  const told = JSON.stringify(version);
  throw badRequest(
    `${prefix}resourceVersion: Invalid value: ${told}: strconv.ParseUint: parsing ${told}: invalid syntax`,
  );
}

/** Refuses a version that has not been reached: real servers wait for it a while, and then answer the same. */
export function tooLarge(asked: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  return new StatusError(504, "Timeout", message, { causes, retryAfterSeconds: 1 });
}

interface Token {
  readonly version: number;
  /** The key of the last object of the page before. */
  readonly after: string;
}

function toToken(version: number, last: KubeObject): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start: sortKey(last) });
  return btoa(json).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function parseToken(token: string): Token {
  try {
    const json = JSON.parse(atob(token.replaceAll("-", "+").replaceAll("_", "/")));
    const version = field(json, "rv");
    if (isObject(json) && typeof version === "number" && version > 0) {
      return { version, after: text(json, "start") };
    }
  } catch {
    // Told below.
  }
  throw badRequest("invalid continue token: continue key is not valid");
}

function tooOld(): StatusError {
  return expired("The resourceVersion for the provided list is too old.");
}

function tooOldToContinue({ after }: Token, current: number): StatusError {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: current, start: after });
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new " +
    "list without the continue parameter, or use the continue token in this response to retrieve the remainder of the " +
    "results. Continuing with the provided token results in an inconsistent list - objects that were created, " +
    "modified, or deleted between the time the first chunk was returned and now may show up in the list.";
  const token = btoa(json).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return expired(message, { continue: token });
}
