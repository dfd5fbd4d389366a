/** Many things at once, but only so many; in order, and with an end when one fails. */

import assert from "node:assert/strict";
import { mapBounded } from "../../lib/runtime/bounded.ts";
import { settled } from "../support/manual_clock.ts";

/** Calls that end when the test says so. */
function held() {
  const calls: { readonly item: number; end(): void; fail(error: Error): void }[] = [];
  const work = (item: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    calls.push({ item, end: () => resolve(item * 10), fail: reject });
    return promise;
  };
  return { calls, work };
}

Deno.test("mapBounded() has no more calls under way than it may, and starts the next when one ends", async () => {
  const { calls, work } = held();
  const all = mapBounded([1, 2, 3, 4], 2, work);
  await settled();
  assert.deepEqual(calls.map(({ item }) => item), [1, 2]);
  calls[1]!.end();
  await settled();
  assert.deepEqual(calls.map(({ item }) => item), [1, 2, 3]);
  for (const i of [0, 2]) calls[i]!.end();
  await settled();
  calls[3]!.end();
  assert.deepEqual(await all, [10, 20, 30, 40]);
});

Deno.test("mapBounded() gives an answer for each item, with fewer of them than it may have, or none", async () => {
  const double = (item: number) => Promise.resolve(item * 2);
  assert.deepEqual(await mapBounded([1], 8, double), [2]);
  assert.deepEqual(await mapBounded([], 8, double), []);
});

Deno.test("mapBounded() throws the first failure, after what is under way has ended, and starts nothing more", async () => {
  const { calls, work } = held();
  const all = mapBounded([1, 2, 3, 4], 2, work);
  let isOver = false;
  const ended = assert.rejects(all, /^Error: first$/).then(() => isOver = true);
  await settled();
  calls[0]!.fail(new Error("first"));
  await settled();
  assert.equal(isOver, false);
  calls[1]!.fail(new Error("second"));
  await ended;
  assert.equal(calls.length, 2);
});
