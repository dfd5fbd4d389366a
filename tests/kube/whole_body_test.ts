/** Short bodies as a whole: however they come, and never more than they may be. */

import assert from "node:assert/strict";
import type { Body, ByteReader } from "../../lib/kube/body_buffer.ts";
import { wholeBody } from "../../lib/kube/whole_body.ts";

/** A body that comes `piece` bytes at a time, and remembers being given up. */
class Pieces implements ByteReader {
  isCancelled = false;
  readonly #bytes: Uint8Array;
  readonly #piece: number;
  #at = 0;

  constructor(bytes: Uint8Array, piece: number) {
    this.#bytes = bytes;
    this.#piece = piece;
  }

  read(into: Uint8Array<ArrayBuffer>) {
    const length = Math.min(this.#piece, into.length, this.#bytes.length - this.#at);
    into.set(this.#bytes.subarray(this.#at, this.#at += length));
    return Promise.resolve({ done: length === 0, value: into.subarray(0, length) });
  }

  cancel(): Promise<void> {
    this.isCancelled = true;
    return Promise.resolve();
  }
}

const some = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);
const tooLong = () => new Error("too long");

for (const length of [0, 1, 8 * 1024 - 1, 8 * 1024, 8 * 1024 + 1, 50_000]) {
  const bytes = some(length);
  const forms: readonly (readonly [string, Body])[] = [
    ["all at once", new Pieces(bytes, Infinity)],
    ["in pieces", new Pieces(bytes, 1_000)],
    ["as a stream, whose memory moves", new Blob([bytes]).stream()],
  ];
  for (const [how, body] of forms) {
    Deno.test(`wholeBody() gives ${length} bytes that come ${how}`, async () => {
      assert.deepEqual(await wholeBody(body, { maxBytes: length, tooLong }), bytes);
    });
  }
}

Deno.test("wholeBody() gives up a body that is one byte too long", async () => {
  const body = new Pieces(some(20_001), 1_000);
  await assert.rejects(wholeBody(body, { maxBytes: 20_000, tooLong }), { message: "too long" });
  assert(body.isCancelled);
});
