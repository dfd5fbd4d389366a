/** Writes protobuf, field by field; knows nothing of what reads it, so that each can be held against the other. */

const ENCODER = new TextEncoder();

/** The bytes of a message, or of a part of one. */
export type Message = Uint8Array;

/** One message behind the other: their fields together. */
export function concat(...parts: readonly Message[]): Message {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A whole number as a varint; a negative one takes ten bytes. */
export function varint(value: number | bigint): Message {
  const bytes: number[] = [];
  if (typeof value === "bigint" || !(value >= 0 && value < 2 ** 31)) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  } else {
    let rest = value;
    for (; rest > 0x7f; rest >>= 7) bytes.push(rest & 0x7f | 0x80);
    bytes.push(rest);
  }
  return new Uint8Array(bytes);
}

/** A field whose value is `content` as it is, of any wire type. */
export function rawField(number: number, wireType: number, content: Message): Message {
  return concat(varint(number * 8 + wireType), content);
}

/** A field that is a whole number. */
export function int(number: number, value: number | bigint): Message {
  return rawField(number, 0, varint(value));
}

/** A field that is bytes, or another message. */
export function bytes(number: number, content: Message): Message {
  return rawField(number, 2, concat(varint(content.length), content));
}

/** A field that is text. */
export function text(number: number, value: string): Message {
  return bytes(number, ENCODER.encode(value));
}
