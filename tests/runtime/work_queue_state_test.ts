/** How a queue fares: what waits, for how long, and what a worker has had for longest. */

import assert from "node:assert/strict";
import { WorkQueue } from "../../lib/runtime/work_queue.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

function setUp() {
  const clock = new ManualClock();
  const workers = new AbortController();
  const queue = new WorkQueue<string>({ clock, keyOf: (item) => item });
  return { clock, queue, take: () => queue.take(workers.signal), dismiss: () => workers.abort() };
}

Deno.test("workQueue.state() of an empty queue is nothing", () => {
  assert.deepEqual(setUp().queue.state(), {
    depth: 0,
    oldestMs: 0,
    hasIdleWorker: false,
    longestRunning: undefined,
  });
});

Deno.test("workQueue.state() counts the wait of the oldest from when it was due, not from when it was asked for", async () => {
  const { clock, queue } = setUp();
  queue.add("first", 1_000);
  queue.add("second", 5_000);
  await clock.advance(999);
  assert.equal(queue.state().oldestMs, 0);
  await clock.advance(6_001);
  assert.deepEqual([queue.state().depth, queue.state().oldestMs], [2, 6_000]);
});

Deno.test("workQueue.state() does not count the wait of what a worker has", async () => {
  const { clock, queue, take } = setUp();
  queue.add("first");
  await clock.advance(1_000);
  queue.add("second");
  assert.equal(await take(), "first");
  await clock.advance(2_000);
  assert.deepEqual([queue.state().depth, queue.state().oldestMs], [1, 2_000]);
});

Deno.test("workQueue.state() names what a worker has been at for longest, each time from when it began", async () => {
  const { clock, queue, take } = setUp();
  const start = async () => {
    const item = await take();
    await clock.advance(500);
    queue.begin(item!);
    return item;
  };
  queue.add("a");
  queue.add("b");
  assert.equal(await start(), "a");
  await clock.advance(500);
  assert.equal(await start(), "b");
  await clock.advance(1_000);
  assert.deepEqual(queue.state().longestRunning, { item: "a", ms: 2_000 });
  queue.done("a");
  assert.deepEqual(queue.state().longestRunning, { item: "b", ms: 1_000 });
  await clock.advance(100);
  queue.add("a");
  assert.equal(await start(), "a");
  queue.done("b");
  assert.deepEqual(queue.state().longestRunning, { item: "a", ms: 0 });
  queue.done("a");
  assert.equal(queue.state().longestRunning, undefined);
});

Deno.test("workQueue.state() knows whether a worker waits", async () => {
  const { queue, take, dismiss } = setUp();
  const taken = take();
  assert.equal(queue.state().hasIdleWorker, true);
  queue.add("a");
  await taken;
  assert.equal(queue.state().hasIdleWorker, false);
  void take();
  dismiss();
  await settled();
  assert.equal(queue.state().hasIdleWorker, false);
});
