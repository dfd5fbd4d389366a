/** Reads the kind and the metadata of an object in protobuf, which is how kubectl sends a namespace or a review. */

import type { Json, JsonObject } from "./json.ts";
import { badRequest, StatusError } from "./status_errors.ts";

/** The objects of which nothing but metadata matters here. */
const READABLE = ["Namespace", "SelfSubjectAccessReview", "SelfSubjectReview", "SelfSubjectRulesReview"];
const MAGIC = "k8s\0";

/** The fields of a message: their numbers, and their bytes where they have a length. */
function* fieldsOf(message: Uint8Array): Generator<readonly [number, Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw badRequest("the protobuf of the request ends too soon");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw badRequest("the protobuf of the request holds a number that is too long");
  };
  while (at < message.length) {
    const tag = varint();
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 2: {
        const length = varint();
        if (at + length > message.length) throw badRequest("the protobuf of the request ends too soon");
        yield [Math.floor(tag / 8), message.subarray(at, at + length)];
        at += length;
        break;
      }
      default:
        throw badRequest("the protobuf of the request cannot be read");
    }
  }
}

/** The object in `bytes`, as far as it is read. @throws {StatusError} 400, or 415 for other kinds */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (toText(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw badRequest("the body of the request is no protobuf");
  }
  let [apiVersion, kind, raw] = ["", "", new Uint8Array()];
  for (const [field, content] of fieldsOf(bytes.subarray(MAGIC.length))) {
    if (field === 1) {
      for (const [inner, value] of fieldsOf(content)) {
        if (inner === 1) apiVersion = toText(value);
        if (inner === 2) kind = toText(value);
      }
    }
    if (field === 2) raw = new Uint8Array(content);
  }
  if (!READABLE.includes(kind)) {
    throw new StatusError(
      415,
      "UnsupportedMediaType",
      `the sandbox reads protobuf of ${READABLE.join(", ")} only, not of ${kind}: send application/json`,
    );
  }
  const metadata = [...fieldsOf(raw)].find(([field]) => field === 1)?.[1] ?? new Uint8Array();
  return { apiVersion, kind, metadata: decodeMetadata(metadata) };
}

function decodeMetadata(message: Uint8Array): JsonObject {
  const fields = new Map<string, Json>();
  const maps = new Map<string, [string, string][]>([["labels", []], ["annotations", []]]);
  for (const [field, content] of fieldsOf(message)) {
    if (field === 1) fields.set("name", toText(content));
    if (field === 2) fields.set("generateName", toText(content));
    if (field === 11) maps.get("labels")!.push(decodeEntry(content));
    if (field === 12) maps.get("annotations")!.push(decodeEntry(content));
  }
  for (const [name, entries] of maps) if (entries.length > 0) fields.set(name, Object.fromEntries(entries));
  for (const [name, value] of fields) if (value === "") fields.delete(name);
  return Object.fromEntries(fields);
}

function decodeEntry(message: Uint8Array): [string, string] {
  const entry = new Map(fieldsOf(message));
  const read = (field: number) => toText(entry.get(field) ?? new Uint8Array());
  return [read(1), read(2)];
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
