/** Reads from a query how a watch is to begin, go on and end. */

import { type Call, numberParameter, unsupported } from "./call.ts";
import { keyOf } from "./kube_object.ts";
import { parseVersion } from "./lists.ts";
import { parseSelectors, type Selector } from "./selectors.ts";
import { type Cause, invalidOptions, StatusError } from "./status_errors.ts";

/** How long a watch lasts that does not say; milliseconds. */
const DEFAULT_TIMEOUT_MS = 30 * 60_000;

/** How a watch goes on, as it is read from its query. */
export interface WatchPlan {
  readonly selector: Selector | undefined;
  /** Where history begins; undefined for all that exists first. */
  readonly from: number | undefined;
  readonly hasBookmarks: boolean;
  readonly marksInitialEnd: boolean;
  /** The version that initial events are to be no older than. */
  readonly atLeast: number;
  readonly timeoutMs: number;
}

/** The plan of a request. @throws {StatusError} 400, 422 or 500 */
export function planWatch({ query, resource: { type }, name }: Call): WatchPlan {
  const initial = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch") ?? "";
  const causes: Cause[] = [];
  const forbid = (why: string) =>
    causes.push({
      reason: "FieldValueForbidden",
      message: `Forbidden: ${why}`,
      field: "resourceVersionMatch",
    });
  if (initial === null && match !== "") {
    forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  if (initial !== null && match !== "NotOlderThan") {
    forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
  if (match !== "" && match !== "NotOlderThan") {
    causes.push(unsupported("resourceVersionMatch", JSON.stringify(match), ["NotOlderThan"]));
  }
  if (causes.length > 0) throw invalidOptions("ListOptions", causes);
  const selected = parseSelectors(query, type);
  const named: Selector = (object) => keyOf(object).name === name;
  const seconds = numberParameter(query, "timeoutSeconds") ?? 0;
  const hasBookmarks = isTrue(query.get("allowWatchBookmarks"));
  const version = watchVersion(query.get("resourceVersion") ?? "") ?? 0;
  return {
    selector: name === "" ? selected : (object) => named(object) && (selected?.(object) ?? true),
    from: isTrue(initial) ? undefined : version || undefined,
    atLeast: isTrue(initial) ? version : 0,
    hasBookmarks,
    marksInitialEnd: isTrue(initial) && hasBookmarks,
    timeoutMs: seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT_MS,
  };
}

function watchVersion(text: string): number | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    // A real API server holds this for its own fault.
    throw new StatusError(500, "", (error as Error).message);
  }
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}
