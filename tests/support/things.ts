/** The smallest objects that a watcher, a store or a reflector can carry: a place and a version. */

import type { Versioned } from "../../lib/api/object.ts";
import type { WatchEvent } from "../../lib/api/ports.ts";

/** `name` at `version` in `namespace`. */
export function thing(name: string, version: number | string, namespace = "default"): Versioned {
  return { namespace, name, resourceVersion: String(version) };
}

/** `name@version`, for comparisons that read well. */
export function written({ name, resourceVersion }: Versioned): string {
  return `${name}@${resourceVersion}`;
}

export function applied(name: string, version: number | string): WatchEvent<Versioned> {
  return { type: "apply", object: thing(name, version) };
}

export function deleted(name: string, version: number | string): WatchEvent<Versioned> {
  return { type: "delete", object: thing(name, version) };
}

export function bookmark(version: number | string): WatchEvent<Versioned> {
  return { type: "bookmark", resourceVersion: String(version), initialEventsEnd: false };
}

/** The bookmark that closes the initial events. */
export function initialEnd(version: number | string): WatchEvent<Versioned> {
  return { type: "bookmark", resourceVersion: String(version), initialEventsEnd: true };
}
