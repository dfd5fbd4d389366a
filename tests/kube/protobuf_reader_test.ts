/** The protobuf reader: every field as it was written, and of hostile bytes an error, never a byte too many. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { lengthTag, MalformedError, ProtobufReader, varintTag } from "../../lib/kube/protobuf_reader.ts";
import * as protobuf from "../support/protobuf_writer.ts";

function readerOf(...parts: readonly Uint8Array[]): ProtobufReader {
  const reader = new ProtobufReader();
  reader.bytes = protobuf.concat(...parts);
  return reader;
}

/** All fields of a message on one level. */
function fieldsOf(reader: ProtobufReader, end = reader.bytes.length) {
  const fields: (readonly [tag: number, content?: string])[] = [];
  while (reader.next(end)) {
    const hasLength = (reader.tag & 7) === 2;
    const content = new TextDecoder().decode(reader.bytes.subarray(reader.from, reader.to));
    fields.push(hasLength ? [reader.tag, content] : [reader.tag]);
  }
  return fields;
}

const malformed = (reader: ProtobufReader) => assert.throws(() => fieldsOf(reader), MalformedError);

Deno.test("ProtobufReader reads one field after the other, and skips those of fixed length", () => {
  const reader = readerOf(
    protobuf.int(1, 300),
    protobuf.rawField(2, 1, new Uint8Array(8).fill(0xff)),
    protobuf.text(3, "three"),
    protobuf.rawField(4, 5, new Uint8Array(4).fill(0xff)),
    protobuf.text(536_870_911, "the last number that there is"),
  );
  assert.deepEqual(fieldsOf(reader), [
    [varintTag(1)],
    [2 << 3 | 1],
    [lengthTag(3), "three"],
    [4 << 3 | 5],
    [lengthTag(536_870_911), "the last number that there is"],
  ]);
});

Deno.test("ProtobufReader goes into messages, and on behind them", () => {
  const inner = protobuf.concat(protobuf.text(1, "inner"), protobuf.int(2, 7));
  const reader = readerOf(protobuf.bytes(1, protobuf.bytes(5, inner)), protobuf.text(2, "behind"));
  const end = reader.bytes.length;
  assert.equal(reader.next(end), true);
  const outer = reader.enter();
  assert.equal(reader.next(outer), true);
  assert.equal(reader.tag, lengthTag(5));
  assert.deepEqual(fieldsOf(reader, reader.enter()), [[lengthTag(1), "inner"], [varintTag(2)]]);
  assert.equal(reader.next(outer), false);
  assert.deepEqual(fieldsOf(reader), [[lengthTag(2), "behind"]]);
});

Deno.test("ProtobufReader reads whole numbers of every size", () =>
  fc.assert(
    fc.property(
      fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger().map(BigInt)),
      (value) => {
        const reader = readerOf(protobuf.int(1, value));
        assert.equal(reader.next(reader.bytes.length), true);
        assert.equal(reader.int64, Number(value));
        assert.equal(reader.int32, Number(BigInt.asIntN(32, value)));
      },
    ),
  ));

for (
  const [what, bytes] of [
    ["a varint of eleven bytes", protobuf.rawField(1, 0, new Uint8Array(11).fill(0x80).with(10, 0))],
    ["a varint that does not end", protobuf.rawField(1, 0, Uint8Array.of(0x80))],
    ["a tag that does not end", Uint8Array.of(0x80)],
    ["a field without its value", Uint8Array.of(0x08)],
    ["a length beyond the end", protobuf.concat(Uint8Array.of(0x0a, 5), new Uint8Array(4))],
    ["a length of 2 ** 31", protobuf.rawField(1, 2, protobuf.varint(2 ** 31))],
    ["a length of 2 ** 32", protobuf.rawField(1, 2, protobuf.varint(2 ** 32))],
    ["a negative length", protobuf.rawField(1, 2, protobuf.varint(-1))],
    ["64 bits beyond the end", protobuf.rawField(1, 1, new Uint8Array(7))],
    ["32 bits beyond the end", protobuf.rawField(1, 5, new Uint8Array(3))],
    ["the beginning of a group", protobuf.rawField(1, 3, new Uint8Array(8))],
    ["the end of a group", protobuf.rawField(1, 4, new Uint8Array(8))],
    ["wire type 6", protobuf.rawField(1, 6, new Uint8Array(8))],
    ["wire type 7", protobuf.rawField(1, 7, new Uint8Array(8))],
    ["field 0", protobuf.int(0, 1)],
    ["a tag of 34 bits", protobuf.int(2 ** 30 + 1, 1)],
  ] as const
) {
  Deno.test(`ProtobufReader refuses ${what}`, () => malformed(readerOf(bytes)));
}

Deno.test("ProtobufReader looks at no byte beyond the end of a message, whatever follows", () => {
  for (
    const field of [protobuf.int(1, 300), protobuf.text(2, "abc"), protobuf.rawField(3, 1, new Uint8Array(8))]
  ) {
    for (let end = 1; end < field.length; end++) {
      const reader = readerOf(field, new Uint8Array(20));
      assert.throws(() => reader.next(end), MalformedError);
      assert(reader.at <= end);
    }
  }
});

Deno.test("ProtobufReader comes to an end of any bytes, and never beyond it", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200, size: "max" }), (bytes) => {
      const reader = readerOf(bytes, new Uint8Array(16).fill(1));
      try {
        for (let fields = 0; reader.next(bytes.length); fields++) {
          assert(fields < bytes.length);
          assert(reader.from <= reader.to && reader.to <= bytes.length);
        }
        assert.equal(reader.at, bytes.length);
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        assert(reader.at <= bytes.length);
      }
    }),
    { numRuns: 1_000 },
  ));
