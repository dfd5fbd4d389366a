/** The last requests and what the operator said, for whoever wants to know what went wrong. */

import type { LogRecord } from "../cluster/operator_process.ts";
import type { LoggedRequest } from "./logged_request.ts";

/** The end of the story of an operator that was started at `startedAt`, monotonic milliseconds. */
export function tell(
  requests: readonly LoggedRequest[],
  log: readonly LogRecord[],
  startedAt: number,
): string {
  const asked = requests.slice(-40).map(({ at, kind, resource, name, query, code = "nothing" }) => {
    const seconds = ((at - startedAt) / 1000).toFixed(1);
    return `${seconds} s  ${kind} ${resource} ${name} ${query.get("resourceVersion") ?? ""} → ${code}`;
  });
  const said = log.filter(({ level }) => level !== "DEBUG").slice(-20);
  return [...asked, ...said.map((record) => JSON.stringify(record))].join("\n");
}
