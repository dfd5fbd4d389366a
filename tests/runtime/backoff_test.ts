/** Backoff: delays that double up to a limit, and jitter that only ever adds. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { backoffMs, jittered } from "../../lib/runtime/backoff.ts";

const SHAPE = { baseMs: 1_000, maxMs: 30_000 };

Deno.test("backoffMs() doubles from its base up to its limit", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(failures, SHAPE));
  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

for (const failures of [31, 32, 1_024, 5_000, Number.MAX_SAFE_INTEGER]) {
  Deno.test(`backoffMs() is still a delay after ${failures} failures`, () => {
    assert.equal(backoffMs(failures, SHAPE), 30_000);
    assert.equal(backoffMs(failures, { baseMs: 0, maxMs: 30_000 }), 0);
  });
}

Deno.test("backoffMs() never shrinks with another failure, and never leaves its bounds", () => {
  const shape = fc.record({
    baseMs: fc.integer({ min: 1, max: 60_000 }),
    maxMs: fc.integer({ min: 60_000 }),
  });
  fc.assert(fc.property(shape, fc.integer({ min: 1, max: 5_000 }), (shape, failures) => {
    const delay = backoffMs(failures, shape);
    assert(delay >= shape.baseMs && delay <= shape.maxMs);
    assert(backoffMs(failures + 1, shape) >= delay);
  }));
});

for (
  const [random, expected, why] of [
    [0, 1_000, "nothing at the least"],
    [0.5, 1_125, "half of it in the middle"],
    [1, 1_250, "a quarter at the most"],
  ] as const
) {
  Deno.test(`jittered() adds ${why}`, () => assert.equal(jittered(1_000, () => random), expected));
}

Deno.test("jittered() leaves no delay at no delay", () => assert.equal(jittered(0, () => 1), 0));

Deno.test("jittered() spreads by itself", () => {
  const delays = Array.from({ length: 100 }, () => jittered(1_000));
  assert(delays.every((delay) => delay >= 1_000 && delay <= 1_250));
  assert(new Set(delays).size > 1);
});
