/** The body's buffer: what comes is there until it is taken, in one buffer, which grows no further than it may. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { BodyBuffer } from "../../lib/kube/body_buffer.ts";
import { bodyOf, cutAt, watchedBody } from "../support/bodies.ts";
import { connectionError } from "./harness.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Bytes that differ from those around them. */
const WHOLE = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 7919 >> 8);

/** In place of `deepEqual`, whose words about a million bytes nobody wants to wait for. */
function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  assert.equal(Buffer.compare(actual, expected), 0);
}

const held = (buffer: BodyBuffer) => buffer.bytes.subarray(buffer.start, buffer.end);

Deno.test("BodyBuffer gives every byte once and in order, however they come and are taken", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3_000_000), { maxLength: 20 }),
      fc.array(fc.nat(400_000), { minLength: 1, maxLength: 10 }),
      async (cuts, lengths) => {
        await using buffer = new BodyBuffer(bodyOf(...cutAt(WHOLE, cuts)));
        let taken = 0;
        for (let i = 0; await buffer.fill(lengths[i % lengths.length]! + 1); i++) {
          const length = lengths[i % lengths.length]! + 1;
          assert.equal(buffer.taken, taken);
          assertSame(held(buffer).subarray(0, length), WHOLE.subarray(taken, taken + length));
          buffer.take(length);
          taken += length;
        }
        assertSame(held(buffer), WHOLE.subarray(taken));
      },
    ),
    { numRuns: 20 },
  ));

Deno.test("fill() asks for no more than is wanted, and for nothing that is there", async () => {
  const { body, seen } = watchedBody(["ab", "cd", "ef"]);
  await using buffer = new BodyBuffer(body);
  await buffer.fill(2);
  assert.equal(seen.pulled, 1);
  await buffer.fill(3);
  await buffer.fill(4);
  assert.equal(seen.pulled, 2);
  assert.deepEqual(new TextDecoder().decode(held(buffer)), "abcd");
});

Deno.test("fill() says when the body ends before, and leaves what is there", async () => {
  await using buffer = new BodyBuffer(bodyOf("abc"));
  assert.equal(await buffer.fill(4), false);
  assert.equal(await buffer.fill(4), false);
  assert.equal(await buffer.fill(3), true);
  assert.equal(new TextDecoder().decode(held(buffer)), "abc");
});

Deno.test("BodyBuffer reads a long body through one buffer of 256 KiB", async () => {
  const chunk = new Uint8Array(10_000);
  const { body } = watchedBody(Array(1_000).fill(chunk));
  await using buffer = new BodyBuffer(body);
  while (await buffer.fill(10_001)) {
    buffer.take(9_999);
    assert.equal(buffer.bytes.length, 256 * KIB);
  }
  assert.equal(buffer.taken + buffer.length, 10_000_000);
});

Deno.test("BodyBuffer keeps what is there when it grows", async () => {
  const whole = WHOLE.subarray(0, 600_000);
  await using buffer = new BodyBuffer(bodyOf(...cutAt(whole, [10, 1_000])));
  for (const length of [10, 300_000, 600_000]) await buffer.fill(length);
  assertSame(held(buffer), whole);
});

Deno.test("BodyBuffer grows for what is longer, and no longer than that", async () => {
  await using buffer = new BodyBuffer(bodyOf(new Uint8Array(3 * MIB)));
  await buffer.fill(1 * MIB);
  assert.equal(buffer.length >= 1 * MIB, true);
  buffer.take(buffer.length);
  await buffer.fill(1);
  assert.equal(buffer.bytes.length, 256 * KIB);
});

Deno.test("fill() accepts 16 MiB, and refuses a byte more without reading", async () => {
  const { body, seen } = watchedBody(function* () {
    while (true) yield new Uint8Array(MIB);
  }());
  await using buffer = new BodyBuffer(body);
  assert.equal(await buffer.fill(16 * MIB), true);
  const { pulled } = seen;
  await assert.rejects(
    buffer.fill(16 * MIB + 1),
    connectionError("other", /an object of more than 16 MiB\.$/),
  );
  assert.equal(seen.pulled, pulled);
});

Deno.test("fill() throws what breaks the body", async () => {
  const { body } = watchedBody(["ab"], () => {
    throw new TypeError("broken");
  });
  await using buffer = new BodyBuffer(body);
  await assert.rejects(buffer.fill(3), /^TypeError: broken$/);
});

Deno.test("Disposing of a BodyBuffer gives its body up", async () => {
  const { body, seen } = watchedBody(["ab", "cd"]);
  {
    await using buffer = new BodyBuffer(body);
    await buffer.fill(1);
  }
  assert.equal(seen.cancelled, true);
});
