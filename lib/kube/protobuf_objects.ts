/** Reads what stands around the pods in protobuf: envelopes, the events of a watch, statuses, bookmarks, metadata of lists. */

import { lengthTag, MalformedError, type ProtobufReader, varintTag } from "./protobuf_reader.ts";
import { toText } from "./utf8.ts";

/** The media type of objects in this form. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";
/** What every object begins with, before an `Unknown` that holds it. */
export const MAGIC = new TextEncoder().encode("k8s\0");

// Fields by their names and numbers in the `generated.proto` of k8s.io/apimachinery: pkg/runtime and meta/v1.
export const UNKNOWN = { raw: lengthTag(2) };
const WATCH_EVENT = { type: lengthTag(1), object: lengthTag(2) };
const RAW_EXTENSION = { raw: lengthTag(1) };
const LIST_META = { resourceVersion: lengthTag(2), continue: lengthTag(3) };
const OBJECT = { metadata: lengthTag(1) };
const OBJECT_META = { resourceVersion: lengthTag(6), annotations: lengthTag(12) };
const ENTRY = { key: lengthTag(1), value: lengthTag(2) };
const STATUS = { message: lengthTag(3), reason: lengthTag(4), details: lengthTag(5), code: varintTag(6) };
const STATUS_DETAILS = { causes: lengthTag(4), retryAfterSeconds: varintTag(5) };
const STATUS_CAUSE = { message: lengthTag(2) };

/** Goes into the object that lies in its envelope from `reader` to `end`; the answer is where it ends. */
export function enterObject(reader: ProtobufReader, end: number): number {
  const { bytes, at } = reader;
  if (end - at < MAGIC.length || MAGIC.some((byte, i) => bytes[at + i] !== byte)) {
    throw new MalformedError("an object without its envelope");
  }
  reader.at += MAGIC.length;
  return enterField(reader, UNKNOWN.raw, end);
}

/** Goes into the object of the event from `reader` to `end`, and says what has happened to it. */
export function enterEvent(reader: ProtobufReader, end: number): { type: string; end: number } {
  const start = reader.at;
  let type = "";
  while (reader.next(end)) if (reader.tag === WATCH_EVENT.type) type = text(reader);
  reader.at = start;
  const extensionEnd = enterField(reader, WATCH_EVENT.object, end);
  return { type, end: enterObject(reader, enterField(reader, RAW_EXTENSION.raw, extensionEnd)) };
}

/** The version that a bookmark stands for, and whether it closes the initial events. */
export function readBookmark(reader: ProtobufReader, end: number) {
  let resourceVersion = "";
  let initialEventsEnd = false;
  for (const metadataEnd = enterField(reader, OBJECT.metadata, end); reader.next(metadataEnd);) {
    if (reader.tag === OBJECT_META.resourceVersion) resourceVersion = text(reader);
    else if (reader.tag === OBJECT_META.annotations) {
      const [key, value] = readEntry(reader);
      if (key === "k8s.io/initial-events-end") initialEventsEnd = value === "true";
    }
  }
  if (resourceVersion === "") throw new MalformedError("a bookmark without a version");
  return { resourceVersion, initialEventsEnd };
}

/** The metadata of a list; the token is empty on the last page. */
export function readListMeta(reader: ProtobufReader, end: number) {
  const metadata = { resourceVersion: "", continueToken: "" };
  while (reader.next(end)) {
    if (reader.tag === LIST_META.resourceVersion) metadata.resourceVersion = text(reader);
    else if (reader.tag === LIST_META.continue) metadata.continueToken = text(reader);
  }
  return metadata;
}

/** A status, as it would be in JSON. */
export function readStatus(reader: ProtobufReader, end: number) {
  const details = { causes: [] as object[], retryAfterSeconds: 0 };
  const status = { code: undefined as number | undefined, reason: "", message: "", details };
  while (reader.next(end)) {
    if (reader.tag === STATUS.message) status.message = text(reader);
    else if (reader.tag === STATUS.reason) status.reason = text(reader);
    else if (reader.tag === STATUS.code) status.code = reader.int32 || undefined;
    else if (reader.tag === STATUS.details) readDetails(reader, details);
  }
  return status;
}

function readDetails(reader: ProtobufReader, details: { causes: object[]; retryAfterSeconds: number }): void {
  for (const end = reader.enter(); reader.next(end);) {
    if (reader.tag === STATUS_DETAILS.retryAfterSeconds) details.retryAfterSeconds = reader.int32;
    else if (reader.tag === STATUS_DETAILS.causes) {
      let message = "";
      for (const causeEnd = reader.enter(); reader.next(causeEnd);) {
        if (reader.tag === STATUS_CAUSE.message) message = text(reader);
      }
      details.causes.push({ message });
    }
  }
}

/** One pair of a map. */
function readEntry(reader: ProtobufReader): [key: string, value: string] {
  const entry: [string, string] = ["", ""];
  for (const end = reader.enter(); reader.next(end);) {
    if (reader.tag === ENTRY.key) entry[0] = text(reader);
    else if (reader.tag === ENTRY.value) entry[1] = text(reader);
  }
  return entry;
}

/** Goes into the last field of that tag; the answer is its end. */
function enterField(reader: ProtobufReader, tag: number, end: number): number {
  let from = -1;
  let to = -1;
  while (reader.next(end)) {
    if (reader.tag !== tag) continue;
    from = reader.from;
    to = reader.to;
  }
  if (from < 0) throw new MalformedError("an object that is not there");
  reader.at = from;
  return to;
}

function text({ bytes, from, to }: ProtobufReader): string {
  return toText(bytes, from, to);
}
