/** The time heap: always the soonest first, and of equal times the one that came first. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { TimeHeap } from "../../lib/runtime/time_heap.ts";

function drain<T>(heap: TimeHeap<T>): { at: number; value: T }[] {
  const drained: { at: number; value: T }[] = [];
  for (let top = heap.peek(); top !== undefined; top = heap.peek()) {
    drained.push({ at: top.at, value: top.value });
    heap.pop();
  }
  return drained;
}

Deno.test("timeHeap.peek() leaves the soonest where it is, and knows nothing when empty", () => {
  const heap = new TimeHeap<string>();
  assert.equal(heap.peek(), undefined);
  heap.push(2, "later");
  heap.push(1, "sooner");
  assert.equal(heap.peek()?.value, "sooner");
  assert.equal(heap.peek()?.at, 1);
});

Deno.test("timeHeap.pop() does nothing when empty", () => {
  const heap = new TimeHeap<string>();
  heap.pop();
  heap.push(1, "only");
  heap.pop();
  heap.pop();
  assert.equal(heap.peek(), undefined);
  heap.push(1, "again");
  assert.equal(heap.peek()?.value, "again");
});

const times = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ noNaN: true }));

Deno.test("timeHeap gives values in the order of a stable sort by time", () => {
  fc.assert(fc.property(fc.array(times, { maxLength: 200, size: "max" }), (times) => {
    const heap = new TimeHeap<number>();
    times.forEach((at, order) => heap.push(at, order));
    const sorted = times.map((at, value) => ({ at, value })).sort((a, b) =>
      a.at < b.at ? -1 : a.at > b.at ? 1 : 0
    );
    assert.deepEqual(drain(heap), sorted);
  }));
});

Deno.test("timeHeap keeps that order when pushes and pops alternate", () => {
  const steps = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: "pop" as const, freq: 3 }), {
    maxLength: 200,
    size: "max",
  });
  fc.assert(fc.property(steps, (steps) => {
    const heap = new TimeHeap<number>();
    const model: { at: number; value: number }[] = [];
    steps.forEach((step, order) => {
      if (step === "pop") {
        heap.pop();
        model.shift();
      } else {
        heap.push(step, order);
        model.push({ at: step, value: order });
        model.sort((a, b) => a.at - b.at);
      }
      assert.equal(heap.peek()?.value, model[0]?.value);
    });
    assert.deepEqual(drain(heap), model);
  }));
});
