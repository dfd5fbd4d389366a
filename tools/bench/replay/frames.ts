/** Watch events in both forms that API servers speak: cut from a stream, and rewritten to a type and a version. */

import { concat, readField, rewriteField } from "./wire.ts";

/** What a watch says of an object. */
export type EventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";

/** One form of a watch. */
export interface Form {
  readonly mediaType: string;
  /** The whole frames at the beginning of `bytes`, and how many bytes they are. */
  cut(bytes: Uint8Array): { readonly frames: Uint8Array[]; readonly length: number };
  typeOf(frame: Uint8Array): string;
  /** The frame as an event of another type, its object at another version. */
  rewrite(frame: Uint8Array, type: EventType, resourceVersion: string): Uint8Array<ArrayBuffer>;
  /** The uid of the frame's object. */
  uidOf(frame: Uint8Array): string;
  nameOf(frame: Uint8Array): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A line each. */
export const JSON_FORM: Form = {
  mediaType: "application/json",
  cut(bytes) {
    const frames: Uint8Array[] = [];
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      frames.push(bytes.slice(from, end + 1));
      from = end + 1;
    }
    return { frames, length: from };
  },
  typeOf: (frame) => parse(frame).type,
  rewrite(frame, type, resourceVersion) {
    const { object } = parse(frame);
    object.metadata.resourceVersion = resourceVersion;
    return encoder.encode(`${JSON.stringify({ type, object })}\n`);
  },
  uidOf: (frame) => parse(frame).object.metadata.uid ?? "",
  nameOf: (frame) => parse(frame).object.metadata.name ?? "",
};

interface JsonEvent {
  type: string;
  object: { metadata: { resourceVersion: string; uid?: string; name?: string } };
}

function parse(frame: Uint8Array): JsonEvent {
  return JSON.parse(decoder.decode(frame));
}

/** Before the protobuf of every object that stands on its own. */
const MAGIC = encoder.encode("k8s\0");
/** The field numbers of `WatchEvent`, `RawExtension` and `Unknown`: an event's object is wrapped twice. */
const TYPE = [1];
const OBJECT = [2, 1];
const WRAPPED = [2];
/** Of `ObjectMeta`, which is field 1 of every object. */
const [NAME, UID, RESOURCE_VERSION] = [[1, 1], [1, 5], [1, 6]] as const;

/** A length of four bytes, the most significant first, and a `WatchEvent` each. */
export const PROTOBUF_FORM: Form = {
  mediaType: "application/vnd.kubernetes.protobuf;stream=watch",
  cut(bytes) {
    const frames: Uint8Array[] = [];
    let from = 0;
    while (bytes.length - from >= 4) {
      const end = from + 4 + lengthAt(bytes, from);
      if (end > bytes.length) break;
      frames.push(bytes.slice(from, end));
      from = end;
    }
    return { frames, length: from };
  },
  typeOf: (frame) => decoder.decode(readField(frame.subarray(4), TYPE)),
  rewrite(frame, type, resourceVersion) {
    const typed = rewriteField(frame.subarray(4), TYPE, () => encoder.encode(type));
    const event = rewriteField(typed, OBJECT, (object) =>
      concat([
        MAGIC,
        rewriteField(object.subarray(MAGIC.length), [...WRAPPED, ...RESOURCE_VERSION], () =>
          encoder.encode(resourceVersion)),
      ]));
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, event.length);
    return concat([header, event]);
  },
  uidOf: (frame) => decoder.decode(readField(objectOf(frame), [...WRAPPED, ...UID])),
  nameOf: (frame) => decoder.decode(readField(objectOf(frame), [...WRAPPED, ...NAME])),
};

function objectOf(frame: Uint8Array): Uint8Array {
  const object = readField(frame.subarray(4), OBJECT);
  if (object === undefined) throw new RangeError("the event has no object");
  return object.subarray(MAGIC.length);
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}
