/** What a path means: a resource and perhaps an object of it, or a document about the server. */

import type { Part } from "./resource_type.ts";

/** What a request is about. */
export type Target =
  | {
    readonly about: "resource";
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly namespace: string;
    readonly name: string;
    /** Empty, or for example `status`. */
    readonly subresource: string;
    /** The old form of watching, `/api/v1/watch/…`. */
    readonly isWatch: boolean;
  }
  | { readonly about: "document"; readonly path: string };

/** Reads the path of a URL. Parts that are not well-formed stay as they are. */
export function parsePath(pathname: string): Target {
  const parts = pathname.split("/").filter((part) => part !== "").map(decode);
  const document = { about: "document", path: `/${parts.join("/")}` } as const;
  const isCore = parts[0] === "api";
  if (!isCore && parts[0] !== "apis") return document;
  const [group, version, ...rest] = isCore ? ["", ...parts.slice(1)] : parts.slice(1);
  if (group === undefined || version === undefined || rest.length === 0) return document;
  const isWatch = rest[0] === "watch" && rest.length > 1;
  const place = isWatch ? rest.slice(1) : rest;
  // Below a namespace there are its objects; `status` and `finalize` are parts of the namespace itself.
  const isInside = place[0] === "namespaces" && place.length > 2 &&
    !["status", "finalize"].includes(place[2]!);
  const [plural = "", name = "", ...more] = isInside ? place.slice(2) : place;
  const namespace = isInside ? place[1]! : "";
  return { about: "resource", group, version, plural, namespace, name, subresource: more.join("/"), isWatch };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The part of an object that a subresource stands for; undefined when the sandbox has no such. */
export function partOf(subresource: string, hasStatus: boolean): Part | undefined {
  if (subresource === "") return "main";
  return subresource === "status" && hasStatus ? "status" : undefined;
}
