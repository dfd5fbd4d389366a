/** Answers requests: who asks, for what, and which verb does it; the one place where errors become answers. */

import type { Clock } from "../api/clock.ts";
import { ABSENT_CORE, ABSENT_GROUPS } from "./absent.ts";
import { authenticate } from "./auth.ts";
import { readObject } from "./body.ts";
import type { Call } from "./call.ts";
import { answerEvents, isEventsView } from "./events_view.ts";
import { documentResponse, pageNotFound } from "./documents.ts";
import type { Json } from "./json.ts";
import type { Registry, Resource } from "./registry.ts";
import { REVIEWS } from "./reviews.ts";
import { parsePath, partOf, type Target } from "./router.ts";
import {
  badRequest,
  noSuchResource,
  notFound,
  notImplemented,
  StatusError,
  toStatus,
} from "./status_errors.ts";
import { answerCall, notAllowed } from "./verbs.ts";
import type { Watch } from "./watches.ts";

/** What the handler works on. */
export interface Server {
  readonly clock: Clock;
  readonly token: string;
  readonly registry: Registry;
  /** The watches under way, so that they can be ended. */
  readonly watches: Set<Watch>;
}

/** Answers one request; it never throws. */
export async function handle(request: Request, server: Server): Promise<Response> {
  const warnings: string[] = [];
  let response: Response;
  try {
    authenticate(request, server.token);
    response = await answer(request, server, warnings);
  } catch (error) {
    const status = toStatus(error);
    response = Response.json(status, { status: status["code"] as number });
    const retry = error instanceof StatusError && error.code === 504 ? "1" : undefined;
    if (retry !== undefined) response.headers.set("retry-after", retry);
  }
  for (const warning of warnings) response.headers.append("warning", `299 - ${quoted(warning)}`);
  return response;
}

async function answer(request: Request, server: Server, warnings: string[]): Promise<Response> {
  const url = new URL(request.url);
  const target = parsePath(url.pathname);
  if (target.about === "document") return documentResponse(target.path, request, server.registry);
  const review = REVIEWS.find(({ group, version, plural }) =>
    group === target.group && version === target.version && plural === target.plural
  );
  if (review !== undefined) {
    if (request.method !== "POST") throw notAllowed();
    const asked = await readObject(request, review.kind);
    const head = { kind: review.kind, apiVersion: `${review.group}/${review.version}` };
    return Response.json({ ...head, ...review.answer(asked, server.clock.now()) as Record<string, Json> }, {
      status: 201,
    });
  }
  if (isEventsView(target)) {
    return await answerEvents(request, target.name, (inCore) => answer(inCore, server, warnings));
  }
  const resource = server.registry.find(target.group, target.version, target.plural);
  if (resource === undefined) return unknown(target, server.registry);
  return await answerCall(
    toCall(target, resource, { request, query: url.searchParams, warnings, ...server }),
    target.isWatch,
    server.watches,
  );
}

/** What kubelets and controllers do for pods. */
const POD_SUBRESOURCES = [
  "attach",
  "binding",
  "ephemeralcontainers",
  "eviction",
  "exec",
  "log",
  "portforward",
  "proxy",
  "resize",
];

function toCall(
  { namespace, name, subresource }: Extract<Target, { about: "resource" }>,
  resource: Resource,
  rest: Pick<Call, "request" | "query" | "warnings" | "clock" | "registry">,
): Call {
  const { type } = resource;
  if (type.isReadOnly && !["GET", "HEAD"].includes(rest.request.method)) {
    throw notImplemented(`Writing ${type.plural}`);
  }
  if (type.plural === "namespaces" && subresource === "finalize") {
    throw notImplemented("Finalizing namespaces");
  }
  if (type.plural === "pods" && POD_SUBRESOURCES.includes(subresource)) {
    throw notImplemented(`Pods' ${subresource}`);
  }
  const part = partOf(subresource, type.hasStatus);
  if (part === undefined) throw type.isCustom ? notFound(type, name) : noSuchResource();
  if (!type.isNamespaced && namespace !== "") throw noSuchResource();
  if (type.isNamespaced && namespace === "" && (name !== "" || rest.request.method === "POST")) {
    throw badRequest("an empty namespace may not be set when a resource name is provided");
  }
  return { resource, namespace, name, part, ...rest };
}

function unknown(
  { group, version, plural }: Extract<Target, { about: "resource" }>,
  registry: Registry,
): Response {
  const isAbsent = group === "" ? version === "v1" && ABSENT_CORE.has(plural) : ABSENT_GROUPS.has(group);
  if (isAbsent) throw notImplemented(`Serving ${plural}${group && `.${group}`}`);
  const isKnown = registry.inVersion(group, version).some(({ type }) => !type.isCustom);
  if (isKnown) throw noSuchResource();
  return pageNotFound();
}

/** A warning in quotation marks, with nothing in it that a header may not hold. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, "?");
}
