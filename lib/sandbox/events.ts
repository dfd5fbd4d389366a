/** Events of the core group: what happened to an object, as `kubectl describe` and `kubectl get events` show it. */

import { ageOf, type Column, NAME_COLUMN } from "./columns.ts";
import { field, type Json, text } from "./json.ts";
import { BUILT_IN, type ResourceType } from "./resource_type.ts";
import { objectSchema } from "./schema.ts";
import { invalidValue } from "./validation.ts";

const TEXT = { type: "string" };
const TIME = { type: "string", nullable: true };
const ANY = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** The resource. */
export const EVENTS: ResourceType = {
  ...BUILT_IN,
  group: "",
  version: "v1",
  kind: "Event",
  listKind: "EventList",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  createsOnUpdate: true,
  selectableFields: [
    ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]
      .map((name) => `involvedObject.${name}`),
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  schema: objectSchema({
    description: "Event is a report of an event somewhere in the cluster.",
    properties: {
      action: TEXT,
      count: { type: "integer", format: "int32" },
      eventTime: TIME,
      firstTimestamp: TIME,
      involvedObject: ANY,
      lastTimestamp: TIME,
      message: TEXT,
      reason: TEXT,
      related: ANY,
      reportingComponent: TEXT,
      reportingInstance: TEXT,
      series: ANY,
      source: ANY,
      type: TEXT,
    },
  }),
  columns: [
    column(
      "Last Seen",
      (event, now) => seen(event, now, "series.lastObservedTime", "lastTimestamp", "eventTime"),
    ),
    column("Type", (event) => text(event, "type")),
    column("Reason", (event) => text(event, "reason")),
    column("Object", (event) => {
      const about = field(event, "involvedObject");
      return `${text(about, "kind").toLowerCase()}/${text(about, "name")}`;
    }),
    column("Subobject", (event) => text(event, "involvedObject", "fieldPath"), 1),
    column("Source", (event) => text(event, "source", "component") || text(event, "reportingComponent"), 1),
    column("Message", (event) => text(event, "message").trim()),
    column("First Seen", (event, now) => seen(event, now, "firstTimestamp", "eventTime"), 1),
    column("Count", (event) => field(event, "series", "count") ?? field(event, "count") ?? 1, 1),
    { ...NAME_COLUMN, priority: 1 },
  ],
  complete: (event) => ({
    eventTime: null,
    firstTimestamp: null,
    lastTimestamp: null,
    reportingComponent: "",
    reportingInstance: "",
    source: {},
    ...event,
  }),
  check: (event) => {
    const told = text(event, "involvedObject", "namespace");
    const isSame = told === text(event, "metadata", "namespace");
    return isSame ? [] : [invalidValue("involvedObject.namespace", told, "does not match event.namespace")];
  },
};

function column(name: string, cell: Column["cell"], priority = 0): Column {
  return { name, type: "string", description: `${name} of the event.`, priority, cell };
}

/** How long ago the first of the times was that the event has. */
function seen(event: Json, now: number, ...paths: string[]): string {
  const time = paths.map((path) => text(event, ...path.split("."))).find((value) => value !== "");
  return (time && ageOf(time, now)) ?? "<unknown>";
}
