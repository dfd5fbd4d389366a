/** The documents about the server itself: its version, its health, and what can be found where. */

import { aggregatedDiscovery, discoveryDocument } from "./discovery.ts";
import type { Json } from "./json.ts";
import { wantsAggregatedDiscovery } from "./negotiation.ts";
import { openApiDocument, openApiIndex } from "./openapi.ts";
import type { Registry } from "./registry.ts";
import { noSuchResource, notImplemented, StatusError } from "./status_errors.ts";

const VERSION = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.0+sandbox",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "",
};
const HEALTH = /^\/(healthz|livez|readyz)(\/ping)?$/;
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The answer to a GET for a document. @throws {StatusError} 404 or 405 */
export function documentResponse(path: string, request: Request, registry: Registry): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new StatusError(
      405,
      "MethodNotAllowed",
      "the server does not allow this method on the requested resource",
      {},
    );
  }
  if (HEALTH.test(path)) return new Response("ok");
  if (path === "/version") return Response.json(VERSION);
  if (path === "/") {
    return Response.json({
      paths: ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"],
    });
  }
  if ((path === "/api" || path === "/apis") && wantsAggregatedDiscovery(request)) {
    return json(aggregatedDiscovery(path, registry), AGGREGATED);
  }
  if (path === "/openapi/v3") return Response.json(openApiIndex(registry));
  // As text: kubectl asks for this before it applies what the sandbox has not, and shows no other form of refusal.
  if (path === "/openapi/v2") return text(`${notImplemented("OpenAPI v2").message}\n`, 501);
  const document = path.startsWith("/openapi/v3/")
    ? openApiDocument(path.slice("/openapi/v3/".length), registry)
    : discoveryDocument(path, registry);
  if (document !== undefined) return Response.json(document);
  if (path.startsWith("/api/v1/")) throw noSuchResource();
  return pageNotFound();
}

/** 404 as the server tells of paths that it knows nothing of. */
export function pageNotFound(): Response {
  return text("404 page not found\n", 404);
}

function text(body: string, status: number): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

/** A JSON answer of another media type than the usual one. */
function json(value: Json, contentType: string): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": contentType, vary: "Accept" } });
}
