/** Reads lists and watches in JSON, one object at a time, through a function that takes of each what is needed. */

import { ConnectionError } from "../api/errors.ts";
import type { ListPage, WatchEvent } from "../api/ports.ts";
import { fromStatus } from "./api_errors.ts";
import type { Decoder } from "./decoder.ts";
import { jsonLines } from "./json_lines.ts";
import { readJsonList } from "./json_list.ts";

/** How a JSON decoder makes its objects. */
export interface JsonDecoderOptions<T> {
  /** Undefined for an object without a name to keep it under. */
  readonly toObject: (json: unknown) => T | undefined;
  /** Hears of each object that could not be read. */
  readonly onUnreadable: () => void;
}

interface Metadata {
  readonly resourceVersion?: unknown;
  readonly continue?: unknown;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** A decoder for JSON answers. */
export function jsonDecoder<T>({ toObject, onUnreadable }: JsonDecoderOptions<T>): Decoder<T> {
  const read = (json: unknown): T[] => {
    const object = toObject(json);
    if (object !== undefined) return [object];
    onUnreadable();
    return [];
  };

  const toEvents = (line: string): WatchEvent<T>[] => {
    const { type, object } = parseObject(line) as { type?: unknown; object?: unknown };
    switch (type) {
      case "ADDED":
      case "MODIFIED":
        return read(object).map((object) => ({ type: "apply", object }));
      case "DELETED":
        return read(object).map((object) => ({ type: "delete", object }));
      case "BOOKMARK": {
        const { resourceVersion, annotations } = metadataOf(object);
        if (typeof resourceVersion !== "string") throw unreadable();
        const initialEventsEnd = annotations?.["k8s.io/initial-events-end"] === "true";
        return [{ type: "bookmark", resourceVersion, initialEventsEnd }];
      }
      case "ERROR":
        return [{ type: "error", error: fromStatus(object, 500) }];
      default:
        throw unreadable();
    }
  };

  return {
    mediaType: "application/json",
    accept: { list: "application/json", watch: "application/json" },
    async decodeList(body): Promise<ListPage<T>> {
      const items: T[] = [];
      const text = await readJsonList(body, (text) => items.push(...read(parse(text))));
      const list = parseObject(text) as { items?: unknown };
      const { resourceVersion, continue: token } = metadataOf(list);
      if (!Array.isArray(list.items ?? []) || typeof resourceVersion !== "string") throw unreadable();
      return {
        items,
        resourceVersion,
        continueToken: typeof token === "string" && token !== "" ? token : undefined,
      };
    },
    async *decodeWatch(body) {
      for await (const lines of jsonLines(body)) {
        const events: WatchEvent<T>[] = [];
        let problem: unknown;
        try {
          for (const line of lines) if (line !== "") events.push(...toEvents(line));
        } catch (error) {
          problem = error;
        }
        yield events;
        if (problem !== undefined) throw problem;
      }
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the text: it may be anything.
    throw unreadable();
  }
}

function parseObject(text: string): object {
  const value = parse(text);
  if (typeof value !== "object" || value === null) throw unreadable();
  return value;
}

function metadataOf(object: unknown): Metadata {
  return (object as { metadata?: Metadata } | undefined)?.metadata ?? {};
}

function unreadable(): ConnectionError {
  return new ConnectionError(
    "other",
    "The API server sent something that is not the JSON of a list or a watch.",
  );
}
