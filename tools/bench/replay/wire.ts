/** Rewrites single fields of protobuf messages, wherever they lie, and mends the lengths of all that is around them. */

/** One field of a message: its number, all its bytes, and what its length covers, if it has one. */
interface Field {
  readonly number: number;
  readonly whole: Uint8Array;
  readonly content: Uint8Array | undefined;
}

/**
 * `message` with the field at `path` (field numbers, from the outside in) replaced by what `change` makes of its content.
 *
 * @throws {RangeError} when there is no such field
 */
export function rewriteField(
  message: Uint8Array,
  path: readonly number[],
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  const [number, ...inner] = path;
  let found = false;
  const parts = fieldsOf(message).flatMap((field) => {
    if (field.number !== number || field.content === undefined) return [field.whole];
    found = true;
    const content = inner.length === 0 ? change(field.content) : rewriteField(field.content, inner, change);
    return [varint(number << 3 | 2), varint(content.length), content];
  });
  if (!found) throw new RangeError(`the message has no field ${number}`);
  return concat(parts);
}

/** The content of the field at `path`; undefined when there is none. */
export function readField(message: Uint8Array, path: readonly number[]): Uint8Array | undefined {
  const [number, ...inner] = path;
  const content = fieldsOf(message).find((field) => field.number === number)?.content;
  return inner.length === 0 || content === undefined ? content : readField(content, inner);
}

function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("the message ends within a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = readVarint();
    let content: Uint8Array | undefined;
    switch (tag & 7) {
      case 0:
        readVarint();
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = readVarint();
        content = message.subarray(at, at + length);
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError(`the message has a field of wire type ${tag & 7}`);
    }
    if (at > message.length) throw new RangeError("the message ends within a field");
    fields.push({ number: tag >>> 3, whole: message.subarray(start, at), content });
  }
  return fields;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  return Uint8Array.of(...bytes, value);
}

/** One array with the bytes of all. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
