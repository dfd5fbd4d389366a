/** The string pool: it answers equal strings, holds each once, and grows with nothing. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { StringPool } from "../../lib/kube/string_pool.ts";
import { wildText } from "../support/arbitraries.ts";
import { heapUsed } from "../support/heap_used.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** What the pool makes of UTF-8 that lies among other bytes. */
function read(pool: StringPool, text: string): string {
  const bytes = encode(text);
  const among = new Uint8Array(bytes.length + 20).fill(0x7a);
  among.set(bytes, 10);
  return pool.read(among, 10, 10 + bytes.length);
}

const texts = fc.oneof(fc.string(), wildText, fc.constantFrom("", "\ufeff", "__proto__"));

Deno.test("StringPool answers each text, and each text in bytes, with an equal one", () => {
  const pool = new StringPool();
  fc.assert(fc.property(fc.array(texts), (texts) => {
    for (const text of [...texts, ...texts]) {
      assert.equal(pool.share(text), text);
      assert.equal(read(pool, text), text.toWellFormed());
    }
  }));
});

Deno.test("StringPool makes U+FFFD of what is no UTF-8", () => {
  assert.equal(new StringPool().read(Uint8Array.of(0x61, 0xff, 0x62), 0, 3), "a\ufffdb");
});

const PADDING = "a".repeat(400);

/** A text that shares its memory with no other, as a decoder makes them. */
function fresh(number: number, padding = PADDING): string {
  return [number, padding].join("");
}

for (
  const [what, share] of [
    ["texts", (pool: StringPool, text: string) => pool.share(text)],
    ["texts in bytes", read],
    ["texts beyond ASCII in bytes", (pool: StringPool, text: string) => read(pool, `ä${text}`)],
  ] as const
) {
  Deno.test(`StringPool holds many copies of equal ${what} once`, () => {
    const pool = new StringPool();
    const before = heapUsed();
    const copies = Array.from({ length: 10_000 }, (_, i) => share(pool, fresh(i % 10)));
    const grown = heapUsed() - before;
    assert(grown < 1_000_000, `10,000 copies take ${grown} bytes`);
    assert.equal(copies.at(-10), copies[0]);
  });
}

Deno.test("StringPool gives one copy to texts and to texts in bytes", () => {
  const pool = new StringPool();
  const before = heapUsed();
  const copies = Array.from(
    { length: 10_000 },
    (_, i) => i % 2 ? pool.share(fresh(1)) : read(pool, fresh(1)),
  );
  assert(heapUsed() - before < 1_000_000);
  assert.equal(copies.length, 10_000);
});

Deno.test("StringPool makes room for what is new, rather than grow with every text there ever was", () => {
  const pool = new StringPool();
  const before = heapUsed();
  for (let number = 0; number < 150_000; number++) pool.share(fresh(number));
  const grown = heapUsed() - before;
  assert(grown < 40_000_000, `150,000 different texts leave ${grown} bytes`);
  const copies = Array.from({ length: 10_000 }, () => pool.share(fresh(-1)));
  assert(heapUsed() - before - grown < 1_000_000, "what is new is shared");
  assert.equal(copies.length, 10_000);
});

Deno.test("StringPool does not keep long texts alive", () => {
  const pool = new StringPool();
  const before = heapUsed();
  for (let number = 0; number < 200; number++) {
    pool.share(fresh(number, "a".repeat(100_000)));
    read(pool, fresh(number, "b".repeat(100_000)));
  }
  const grown = heapUsed() - before;
  assert(grown < 2_000_000, `40 MB of long texts leave ${grown} bytes`);
});
