/** Takes a list in protobuf apart while it comes: a page may be longer than memory should be. */

import { ConnectionError } from "../api/errors.ts";
import { type BodyBuffer, MAX_BYTES } from "./body_buffer.ts";
import { MAGIC, readListMeta, UNKNOWN } from "./protobuf_objects.ts";
import { lengthTag, MalformedError, type ProtobufReader } from "./protobuf_reader.ts";

// As in the `generated.proto` of k8s.io/api/core/v1.
const LIST = { metadata: lengthTag(1), items: lengthTag(2) };
/** The low bits of a tag that announces a field with a length: no other is in a list, or in what is around it. */
const HAS_LENGTH = lengthTag(0);

/**
 * Calls `readItem` with each item, as a message that `reader` is at and that goes to `end`; the answer is the metadata
 * of the list.
 *
 * @throws {MalformedError} when it is no list
 * @throws {ConnectionError} when it ends in the middle
 */
export async function readList(
  buffer: BodyBuffer,
  reader: ProtobufReader,
  readItem: (end: number) => void,
): Promise<ReturnType<typeof readListMeta>> {
  for (const byte of MAGIC) if (await readByte(buffer) !== byte) throw notAList();
  let metadata = { resourceVersion: "", continueToken: "" };
  let field = await readField(buffer);
  for (; field.tag !== UNKNOWN.raw; field = await readField(buffer)) await skip(buffer, field.length);

  const end = buffer.taken + field.length;
  while (buffer.taken < end) {
    const { tag, length } = await readField(buffer);
    if (buffer.taken + length > end) throw notAList();
    if (tag !== LIST.metadata && tag !== LIST.items) {
      await skip(buffer, length);
      continue;
    }
    if (length > MAX_BYTES) throw new MalformedError("an object of more than 16 MiB");
    if (!await buffer.fill(length)) throw cutShort();
    reader.bytes = buffer.bytes;
    reader.at = buffer.start;
    if (tag === LIST.items) readItem(buffer.start + length);
    else metadata = readListMeta(reader, buffer.start + length);
    buffer.take(length);
  }
  // To the end, or the connection could not be used again.
  while (await buffer.fill(1)) buffer.take(buffer.length);
  if (metadata.resourceVersion === "") throw notAList();
  return metadata;
}

async function readField(buffer: BodyBuffer): Promise<{ tag: number; length: number }> {
  const tag = await readVarint(buffer);
  if ((tag & 7) !== HAS_LENGTH) throw notAList();
  return { tag, length: await readVarint(buffer) };
}

/** A whole number of up to 35 bits. */
async function readVarint(buffer: BodyBuffer): Promise<number> {
  let value = 0;
  for (let factor = 1; factor < 2 ** 35; factor *= 2 ** 7) {
    const byte = await readByte(buffer);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
  throw notAList();
}

async function readByte(buffer: BodyBuffer): Promise<number> {
  if (buffer.length === 0 && !await buffer.fill(1)) throw cutShort();
  const byte = buffer.bytes[buffer.start]!;
  buffer.take(1);
  return byte;
}

async function skip(buffer: BodyBuffer, length: number): Promise<void> {
  for (let left = length; left > 0;) {
    if (buffer.length === 0 && !await buffer.fill(1)) throw cutShort();
    const some = Math.min(left, buffer.length);
    buffer.take(some);
    left -= some;
  }
}

function notAList(): MalformedError {
  return new MalformedError("no list of objects");
}

function cutShort(): ConnectionError {
  return new ConnectionError("reset", "The API server's list ended in the middle.");
}
