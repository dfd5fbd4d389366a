/** A request as a proxy logs it, and how to pick some of them. */

import { parsePath } from "../../lib/sandbox/router.ts";
import type { ReceivedRequest } from "../support/http_request.ts";

/** What a request asks for, in terms of the API. */
export type Kind = "list" | "watch" | "get" | "patch" | "patchStatus" | "create" | "other";

/** One request, as it came. */
export interface LoggedRequest extends ReceivedRequest {
  readonly kind: Kind;
  /** The plural, for example `pods`. */
  readonly resource: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The HTTP status that the client was given; undefined when it was given none, or none yet. */
  code: number | undefined;
}

/** Some requests: all that agree with what is given. */
export interface Match {
  readonly kind?: Kind;
  readonly resource?: string;
  readonly name?: string;
  readonly where?: (request: LoggedRequest) => boolean;
}

/** Whether a request is one of those. */
export function agrees(request: LoggedRequest, { kind, resource, name, where }: Match): boolean {
  return (kind === undefined || request.kind === kind) &&
    (resource === undefined || request.resource === resource) &&
    (name === undefined || request.name === name) && (where?.(request) ?? true);
}

/** The request, in terms of the API. */
export function toLogged(request: ReceivedRequest): LoggedRequest {
  const { pathname: path, searchParams: query } = new URL(request.target, "https://server");
  const target = parsePath(path);
  const { plural: resource = "", name = "", subresource = "" } = target.about === "resource" ? target : {};
  const kind = kindOf(request.method, { name, subresource, isWatch: query.get("watch") === "true" });
  return { ...request, kind, resource, name, path, query, code: undefined };
}

function kindOf(
  method: string,
  { name, subresource, isWatch }: { name: string; subresource: string; isWatch: boolean },
): Kind {
  if (method === "GET") return name !== "" ? "get" : isWatch ? "watch" : "list";
  if (method === "PATCH") return subresource === "status" ? "patchStatus" : "patch";
  return method === "POST" ? "create" : "other";
}
