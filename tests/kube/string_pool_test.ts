/** The string pool: it answers equal strings, holds each once, and does not grow without bound. */

import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { stringPool } from "../../lib/kube/string_pool.ts";

Deno.test("stringPool() answers each text with an equal one", () => {
  const share = stringPool();
  fc.assert(fc.property(fc.string(), (text) => assert.equal(share(text), text)));
  for (const text of ["", "__proto__", "constructor", "hasOwnProperty"]) {
    assert.equal(share(text), text);
    assert.equal(share(text), text);
  }
});

const PADDING = "a".repeat(400);

/** A text that shares its memory with no other, as a decoder makes them. */
function fresh(number: number): string {
  return [number, PADDING].join("");
}

Deno.test("stringPool() holds many copies of one text once", () => {
  const share = stringPool();
  const before = heapUsed();
  const texts = Array.from({ length: 10_000 }, () => share(fresh(1)));
  const grown = heapUsed() - before;
  assert(grown < 1_000_000, `10,000 copies take ${grown} bytes`);
  assert.equal(texts.at(-1), texts[0]);
});

Deno.test("stringPool() forgets, rather than grow with every text there ever was", () => {
  const share = stringPool();
  const before = heapUsed();
  for (let number = 0; number < 110_000; number++) share(fresh(number));
  const grown = heapUsed() - before;
  assert(grown < 30_000_000, `110,000 different texts leave ${grown} bytes`);
  assert.equal(share("still"), "still");
});

/** What is in use after a garbage collection; bytes. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return Deno.memoryUsage().heapUsed;
}
