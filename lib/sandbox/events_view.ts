/** Events as a group of their own shows them: the core group's objects, with some of their fields under other names. */

import { mediaType, parseDocument, readBytes, readObject } from "./body.ts";
import { field, isObject, type Json, type JsonObject, text } from "./json.ts";
import type { Target } from "./router.ts";
import { badRequest, type Cause, invalid, notImplemented } from "./status_errors.ts";
import { invalidValue, required } from "./validation.ts";

/** The resource, as discovery tells of it. */
export const EVENTS_VIEW = {
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  singular: "event",
  isNamespaced: true,
  hasStatus: false,
  shortNames: ["ev"],
  categories: [],
  verbs: ["create", "get", "patch"],
} as const;

/** What a field is called here, and in the core group. */
const NAMES: readonly (readonly [here: string, core: string])[] = [
  ["regarding", "involvedObject"],
  ["note", "message"],
  ["reportingController", "reportingComponent"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];
const TO_CORE = new Map(NAMES);
const FROM_CORE = new Map(NAMES.map(([here, core]) => [core, here]));

/** What an event must say; nothing but its series may change afterwards. */
const MUST = ["eventTime", "reportingController", "reportingInstance", "action", "reason"];
const MICRO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}(Z|[+-]\d{2}:\d{2})$/;
const MAX_NOTE_BYTES = 1024;

/** Whether a request is about events as this group shows them. */
export function isEventsView({ group, version, plural }: Extract<Target, { about: "resource" }>): boolean {
  return group === EVENTS_VIEW.group && version === EVENTS_VIEW.version && plural === EVENTS_VIEW.plural;
}

/** Answers a request by having the core group answer it. @throws {StatusError} */
export async function answerEvents(
  request: Request,
  name: string,
  inCore: (request: Request) => Promise<Response>,
): Promise<Response> {
  const url = new URL(request.url);
  url.pathname = url.pathname.replace("/apis/events.k8s.io/v1/", "/api/v1/");
  const init: RequestInit = { method: request.method, headers: request.headers };
  if (request.method === "POST" && name === "") {
    const asked = await readObject(request, EVENTS_VIEW.kind);
    refuse(asked, causesOf(asked));
    init.body = JSON.stringify({ ...renamed(asked, TO_CORE), apiVersion: "v1", kind: "Event" });
  } else if (request.method === "PATCH" && mediaType(request) === "application/merge-patch+json") {
    const change = parseDocument(
      await readBytes(request),
      (why) => badRequest(`error decoding patch: ${why}`),
    );
    if (!isObject(change)) throw badRequest("error decoding patch: it is no object");
    refuse({ metadata: { name } }, changeCausesOf(change));
    init.body = JSON.stringify(renamed(change, TO_CORE));
  } else if (request.method !== "GET" || name === "" || url.searchParams.has("watch")) {
    throw notImplemented(`This way to read or write ${EVENTS_VIEW.plural}.${EVENTS_VIEW.group}`);
  }
  const answer = await inCore(new Request(url, init));
  const event: JsonObject = { ...await answer.json(), apiVersion: "events.k8s.io/v1" };
  return Response.json(renamed(event, FROM_CORE), answer);
}

function renamed(object: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]));
}

function causesOf(event: JsonObject): Cause[] {
  const { eventTime, note, type } = event;
  if (typeof eventTime === "string" && !MICRO_TIME.test(eventTime)) {
    throw badRequest(
      `Event in version "v1" cannot be handled as a Event: parsing time ${JSON.stringify(eventTime)}`,
    );
  }
  const length = typeof note === "string" ? new TextEncoder().encode(note).length : 0;
  return [
    ...MUST.filter((key) => (event[key] ?? "") === "").map((key) => required(key)),
    ...(type === "Normal" || type === "Warning" ? [] : [
      invalidValue("type", "", `has invalid value: ${text(event, "type")}`),
    ]),
    ...(length > MAX_NOTE_BYTES
      ? [invalidValue("message", "", `can have at most ${MAX_NOTE_BYTES} characters`)]
      : []),
    ...seriesCausesOf(event),
  ];
}

function changeCausesOf(change: JsonObject): Cause[] {
  const fixed = Object.keys(change).filter((key) => !["series", "metadata"].includes(key));
  return [
    ...fixed.map((key) => invalidValue(TO_CORE.get(key) ?? key, change[key]!, "field is immutable")),
    ...seriesCausesOf(change),
  ];
}

function seriesCausesOf({ series }: JsonObject): Cause[] {
  if (series === undefined || series === null) return [];
  const count: Json = field(series, "count") ?? 0;
  return Number(count) < 2 ? [invalidValue("series.count", "", "should be at least 2")] : [];
}

function refuse(event: JsonObject, causes: readonly Cause[]): void {
  if (causes.length > 0) {
    throw invalid(
      { group: "", plural: "events", kind: "Event" },
      "Event",
      text(event, "metadata", "name"),
      causes,
    );
  }
}
