/** Recorded frames: rewritten in place, cut from streams, and stamped with other identities. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Form, JSON_FORM, PROTOBUF_FORM } from "../../../tools/bench/replay/frames.ts";
import { Template } from "../../../tools/bench/replay/template.ts";
import { concat, readField, rewriteField } from "../../../tools/bench/replay/wire.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes one field with a length, as every protobuf library does. */
function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  return concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  return value < 128
    ? Uint8Array.of(value)
    : concat([Uint8Array.of(value % 128 + 128), varint(Math.floor(value / 128))]);
}

/** A number, a fixed 32-bit and a fixed 64-bit value: what must come through unchanged. */
const OTHERS = concat([
  varint(9 * 8),
  varint(300),
  varint(10 * 8 + 5),
  Uint8Array.of(1, 2, 3, 4),
  varint(11 * 8 + 1),
  Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
]);

Deno.test("rewriteField() replaces a text of any length at any depth, and nothing else", () => {
  fc.assert(fc.property(fc.string(), fc.string(), fc.string({ maxLength: 400 }), (before, after, text) => {
    const message = (inner: string) =>
      concat([
        OTHERS,
        field(2, concat([field(3, before), field(1, concat([field(6, inner), OTHERS]))])),
        field(4, after),
      ]);
    const rewritten = rewriteField(message("old"), [2, 1, 6], () => encoder.encode(text));
    assert.deepEqual(rewritten, message(text));
    assert.equal(decoder.decode(readField(rewritten, [2, 1, 6])), text);
  }));
});

Deno.test("rewriteField() says when there is nothing to rewrite", () => {
  assert.throws(() => rewriteField(field(1, "x"), [2], (content) => content), /no field 2/);
  assert.throws(() => rewriteField(OTHERS, [9], (content) => content), /no field 9/);
  assert.equal(readField(field(1, "x"), [2]), undefined);
});

for (const broken of [[0x0a, 5, 1], [0x80], [0x0b], [0x0d, 1]]) {
  Deno.test(`a message of the bytes ${broken.join(" ")} is refused`, () => {
    assert.throws(() => readField(Uint8Array.from(broken), [1]), RangeError);
  });
}

const RECORDED = {
  namespace: "team-00003",
  name: "checkout-000007",
  uid: "94171644-9004-4567-98d6-7b4c65522817",
  resourceVersion: "1000000000",
};
const OTHER = {
  namespace: "team-09999",
  name: "checkout-149999",
  uid: "00000000-0000-4000-8000-000000149999",
  resourceVersion: "1000000001",
};

/** An event of a pod whose image is built by its team, as an API server sends it in protobuf. */
function protobufFrame(type: string, { namespace, name, uid, resourceVersion }: typeof RECORDED): Uint8Array {
  const metadata = concat([field(1, name), field(3, namespace), field(5, uid), field(6, resourceVersion)]);
  const pod = concat([field(1, metadata), field(2, field(2, `registry/${namespace}/app:1`))]);
  const unknown = concat([field(1, concat([field(1, "v1"), field(2, "Pod")])), field(2, pod), field(3, "")]);
  const event = concat([field(1, type), field(2, field(1, concat([encoder.encode("k8s\0"), unknown])))]);
  return concat([Uint8Array.of(0, 0, event.length >> 8, event.length & 255), event]);
}

function jsonFrame(type: string, { namespace, name, uid, resourceVersion }: typeof RECORDED): Uint8Array {
  const metadata = { name, namespace, uid, resourceVersion };
  const object = { metadata, spec: { containers: [{ image: `registry/${namespace}/app:1` }] } };
  return encoder.encode(`${JSON.stringify({ type, object })}\n`);
}

const FORMS: readonly [string, Form, typeof jsonFrame][] = [
  ["JSON", JSON_FORM, jsonFrame],
  ["protobuf", PROTOBUF_FORM, protobufFrame],
];

for (const [name, form, frameOf] of FORMS) {
  Deno.test(`${name}: a frame is rewritten to another type and a longer version`, () => {
    const frame = frameOf("ADDED", { ...RECORDED, resourceVersion: "263" });
    assert.deepEqual(form.rewrite(frame, "DELETED", RECORDED.resourceVersion), frameOf("DELETED", RECORDED));
  });

  Deno.test(`${name}: type, name and uid are read from a frame`, () => {
    const frame = frameOf("MODIFIED", RECORDED);
    assert.equal(form.typeOf(frame), "MODIFIED");
    assert.equal(form.nameOf(frame), RECORDED.name);
    assert.equal(form.uidOf(frame), RECORDED.uid);
  });

  Deno.test(`${name}: whole frames are cut from a stream, wherever it was cut before`, () => {
    const frames = [frameOf("ADDED", RECORDED), frameOf("MODIFIED", OTHER)];
    const bytes = concat(frames);
    for (let length = 0; length <= bytes.length; length++) {
      const cut = form.cut(bytes.subarray(0, length));
      const whole = frames.slice(0, length === bytes.length ? 2 : length >= frames[0]!.length ? 1 : 0);
      assert.deepEqual(cut.frames, whole);
      assert.equal(cut.length, concat(whole).length);
    }
  });

  Deno.test(`${name}: a stamped frame is the one that the server would have sent of the other pod`, () => {
    const template = new Template(frameOf("ADDED", RECORDED), RECORDED);
    assert.deepEqual(template.frame(OTHER), frameOf("ADDED", OTHER));
    assert.deepEqual(template.frame(RECORDED), frameOf("ADDED", RECORDED), "stamping leaves no traces");
  });
}

Deno.test("Template refuses an identity of another length, and a frame without the recorded one", () => {
  const frame = jsonFrame("ADDED", RECORDED);
  const template = new Template(frame, RECORDED);
  assert.throws(() => template.frame({ ...OTHER, name: "short" }), /a name of 15 characters/);
  assert.throws(() => new Template(frame, OTHER), /does not hold its namespace/);
});
