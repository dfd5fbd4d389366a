/** In which form an answer is wanted: objects as they are, as a table for people, or their metadata alone. */

import { StatusError } from "./status_errors.ts";

/** The form of an answer; `version` is that of the group `meta.k8s.io` that the client speaks. */
export type Form =
  | { readonly as: "object" }
  | { readonly as: "table" | "metadata"; readonly version: string };

const META_VERSIONS = ["v1", "v1beta1"];
const AS = new Map(
  [["Table", "table"], ["PartialObjectMetadata", "metadata"], [
    "PartialObjectMetadataList",
    "metadata",
  ]] as const,
);

/** The first form that the client accepts and the sandbox has. @throws {StatusError} 406 */
export function negotiate(request: Request): Form {
  for (const { type, parameters } of accepted(request)) {
    if (!["application/json", "application/*", "*/*"].includes(type)) continue;
    const as = parameters.get("as");
    if (as === undefined) return { as: "object" };
    const form = AS.get(as as "Table");
    const version = parameters.get("v") ?? "v1";
    if (form !== undefined && parameters.get("g") === "meta.k8s.io" && META_VERSIONS.includes(version)) {
      return { as: form, version };
    }
  }
  throw new StatusError(
    406,
    "NotAcceptable",
    "only the following media types are accepted: application/json",
  );
}

/** Whether the client prefers discovery all in one answer. */
export function wantsAggregatedDiscovery(request: Request): boolean {
  const [first] = accepted(request);
  return first?.parameters.get("as") === "APIGroupDiscoveryList" && first.parameters.get("v") === "v2";
}

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function accepted(request: Request): readonly MediaType[] {
  return (request.headers.get("accept") || "*/*").split(",").map((entry) => {
    const [type = "", ...parameters] = entry.split(";").map((part) => part.trim());
    return {
      type: type.toLowerCase(),
      parameters: new Map(parameters.map((parameter) => {
        const [name = "", value = ""] = parameter.split("=");
        return [name, value];
      })),
    };
  });
}
