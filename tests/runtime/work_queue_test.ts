/** The work queue: what is handed out, when, to whom, and never twice at once. */

import assert from "node:assert/strict";
import { WorkQueue, type WorkQueueOptions } from "../../lib/runtime/work_queue.ts";
import { countListeners } from "../support/count_listeners.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

function setUp(options: Partial<WorkQueueOptions<string>> = {}) {
  const clock = new ManualClock();
  const startedAt = clock.monotonic();
  const queue = new WorkQueue<string>({ clock, keyOf: (item) => item, ...options });
  return { clock, queue, elapsed: () => clock.monotonic() - startedAt };
}

/** What a worker that asks at this moment is handed at this moment; undefined when it would have to wait. */
async function takeNow<Item>(queue: WorkQueue<Item>): Promise<Item | undefined> {
  const patience = new AbortController();
  const taking = queue.take(patience.signal);
  await settled();
  patience.abort();
  return await taking;
}

/** A worker that takes whatever comes and finishes it at once; it writes down what it was handed, and when. */
function follow({ queue, elapsed }: ReturnType<typeof setUp>) {
  const handed: [item: string, at: number][] = [];
  const controller = new AbortController();
  const work = async () => {
    for (;;) {
      const item = await queue.take(controller.signal);
      if (item === undefined) return;
      handed.push([item, elapsed()]);
      queue.done(item);
    }
  };
  const ended = work();
  return { handed, stop: () => (controller.abort(), ended) };
}

Deno.test("workQueue() hands out nothing while nothing was asked for", async () => {
  const { queue, clock } = setUp();
  assert.equal(await takeNow(queue), undefined);
  assert.equal(clock.pending, 0);
});

Deno.test("workQueue() hands equal keys out once", async () => {
  const { queue } = setUp();
  for (const item of ["a", "b", "a", "a"]) queue.add(item);
  assert.equal(await takeNow(queue), "a");
  assert.equal(await takeNow(queue), "b");
  assert.equal(await takeNow(queue), undefined);
});

Deno.test("workQueue() tells items apart by their key alone", async () => {
  const clock = new ManualClock();
  const queue = new WorkQueue<{ key: string }>({ clock, keyOf: ({ key }) => key });
  queue.add({ key: "a" });
  queue.add({ key: "a" });
  assert.deepEqual(await takeNow(queue), { key: "a" });
  assert.equal(await takeNow(queue), undefined);
});

Deno.test("workQueue() hands a key to one worker at a time", async () => {
  const { queue, clock } = setUp();
  queue.add("a");
  assert.equal(await takeNow(queue), "a");
  queue.add("a");
  await clock.advance(60_000);
  assert.equal(queue.state().depth, 0);
  assert.equal(await takeNow(queue), undefined);
  queue.done("a");
  await clock.advance(100);
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() hands a key to one worker even at a time that was asked for twice", async () => {
  const { queue, clock } = setUp();
  queue.add("a", 1_000);
  queue.add("a");
  await takeNow(queue);
  queue.add("a", 1_000);
  await clock.advance(1_000);
  assert.equal(await takeNow(queue), undefined);
  queue.done("a");
  await clock.advance(100);
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() hands a key out again when it was asked for while a worker had it", async () => {
  const { queue, clock } = setUp();
  queue.add("a");
  await takeNow(queue);
  for (let i = 0; i < 5; i++) queue.add("a");
  await clock.advance(1_000);
  queue.done("a");
  await clock.advance(100);
  assert.equal(await takeNow(queue), "a");
  queue.done("a");
  await clock.advance(60_000);
  assert.equal(await takeNow(queue), undefined, "five requests are one piece of work");
});

Deno.test("workQueue() does not hand a key out again when nobody asked", async () => {
  const { queue, clock } = setUp();
  queue.add("a");
  await takeNow(queue);
  queue.done("a");
  await clock.advance(60_000);
  assert.equal(await takeNow(queue), undefined);
});

Deno.test("workQueue() hands the first request after quiet out at once, further ones together 100 ms later", async () => {
  const world = setUp();
  const { queue, clock } = world;
  const { handed, stop } = follow(world);
  await clock.advance(5_000);
  queue.add("a");
  for (let i = 0; i < 9; i++) {
    await clock.advance(10);
    queue.add("a");
  }
  await clock.advance(5_000);
  assert.deepEqual(handed, [["a", 5_000], ["a", 5_100]]);
  await stop();
});

Deno.test("workQueue() keeps 100 ms between two works on a key that never rests, and delays no other", async () => {
  const world = setUp();
  const { queue, clock } = world;
  const { handed, stop } = follow(world);
  for (let i = 0; i < 100; i++) {
    queue.add("busy");
    await clock.advance(3);
  }
  queue.add("other");
  await clock.advance(0);
  assert.deepEqual(handed, [["busy", 0], ["busy", 100], ["busy", 200], ["busy", 300], ["other", 300]]);
  await stop();
});

Deno.test("workQueue() counts those 100 ms from the end of the work, so that what two works write is never closer", async () => {
  const { queue, clock } = setUp();
  queue.add("a");
  await takeNow(queue);
  await clock.advance(500);
  queue.add("a");
  queue.done("a");
  await clock.advance(99);
  assert.equal(await takeNow(queue), undefined);
  await clock.advance(1);
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() counts them from when the work was really done, however long it was due", async () => {
  const { queue, clock } = setUp();
  queue.add("a");
  await clock.advance(500);
  queue.done(await takeNow(queue) ?? "");
  queue.add("a");
  await clock.advance(99);
  assert.equal(await takeNow(queue), undefined);
  await clock.advance(1);
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() coalesces for as long as it is told to", async () => {
  const { queue, clock } = setUp({ coalesceMs: 2_000 });
  queue.add("a");
  queue.done(await takeNow(queue) ?? "");
  queue.add("a");
  await clock.advance(1_999);
  assert.equal(await takeNow(queue), undefined);
  await clock.advance(1);
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() hands a delayed key out at its time, to a worker that waits", async () => {
  const world = setUp();
  const { queue, clock } = world;
  const { handed, stop } = follow(world);
  queue.add("a", 30_000);
  queue.add("b", 10_000);
  await clock.advance(60_000);
  assert.deepEqual(handed, [["b", 10_000], ["a", 30_000]]);
  await stop();
});

for (const delays of [[30_000, 10_000], [10_000, 30_000], [10_000, 10_000]] as const) {
  Deno.test(`workQueue() takes the sooner of delays ${delays.join(" and ")}, and that once`, async () => {
    const world = setUp();
    const { handed, stop } = follow(world);
    for (const delay of delays) world.queue.add("a", delay);
    await world.clock.advance(60_000);
    assert.deepEqual(handed, [["a", 10_000]]);
    await stop();
  });

  Deno.test(`workQueue() takes the sooner of delays ${delays.join(" and ")} asked for while a worker has the key`, async () => {
    const world = setUp();
    const { queue, clock } = world;
    queue.add("a");
    await takeNow(queue);
    for (const delay of delays) queue.add("a", delay);
    queue.done("a");
    const { handed, stop } = follow(world);
    await clock.advance(60_000);
    assert.deepEqual(handed, [["a", 10_000]]);
    await stop();
  });
}

Deno.test("workQueue() forgets a later time once the key was handed out sooner", async () => {
  const world = setUp();
  const { queue, clock } = world;
  const { handed, stop } = follow(world);
  queue.add("a", 30_000);
  await clock.advance(10_000);
  queue.add("a");
  await clock.advance(60_000);
  assert.deepEqual(handed, [["a", 10_000]]);
  await stop();
});

Deno.test("workQueue() holds changes back for as long as done() asks, whoever asks for the key", async () => {
  const world = setUp();
  const { queue, clock } = world;
  queue.add("a");
  await takeNow(queue);
  queue.add("a");
  queue.done("a", 4_000);
  const { handed, stop } = follow(world);
  await clock.advance(1_000);
  queue.add("a");
  await clock.advance(60_000);
  assert.deepEqual(handed, [["a", 4_000]]);
  await stop();
});

Deno.test("workQueue() holds back a change that comes after done(), even when nothing was asked for then", async () => {
  const world = setUp();
  const { queue, clock } = world;
  queue.add("a");
  await takeNow(queue);
  queue.done("a", 4_000);
  const { handed, stop } = follow(world);
  await clock.advance(3_000);
  queue.add("a");
  await clock.advance(60_000);
  assert.deepEqual(handed, [["a", 4_000]]);
  await stop();
});

Deno.test("workQueue() lets a change in before a later retry, but not before the pause is over", async () => {
  const world = setUp();
  const { queue, clock } = world;
  queue.add("a");
  await takeNow(queue);
  queue.add("a", 60_000);
  queue.done("a", 1_000);
  const { handed, stop } = follow(world);
  await clock.advance(500);
  queue.add("a");
  await clock.advance(120_000);
  assert.deepEqual(handed, [["a", 1_000]]);
  await stop();
});

Deno.test("workQueue() ignores done() for a key it does not know", async () => {
  const { queue, clock } = setUp();
  queue.done("a");
  assert.equal(queue.state().depth, 0);
  assert.equal(await takeNow(queue), undefined);
  assert.equal(clock.pending, 0);
});

Deno.test("workQueue() hands equally urgent keys out in the order in which they came", async () => {
  const { queue } = setUp();
  const items = Array.from({ length: 50 }, (_, i) => `key-${(i * 7) % 50}`);
  for (const item of items) queue.add(item);
  const handed: (string | undefined)[] = [];
  for (const _ of items) handed.push(await takeNow(queue));
  assert.deepEqual(handed, items);
});

Deno.test("workQueue() lets a key that comes back wait behind those that wait already", async () => {
  const { queue, clock } = setUp();
  for (const item of ["a", "b", "c"]) queue.add(item);
  await takeNow(queue);
  queue.add("a");
  await clock.advance(1_000);
  queue.done("a");
  await clock.advance(100);
  assert.deepEqual([await takeNow(queue), await takeNow(queue), await takeNow(queue)], ["b", "c", "a"]);
});

Deno.test("workQueue() serves the worker that has waited longest", async () => {
  const { queue } = setUp();
  const { signal } = new AbortController();
  const first = queue.take(signal);
  const second = queue.take(signal);
  queue.add("a");
  queue.add("b");
  assert.deepEqual([await first, await second], ["a", "b"]);
});

Deno.test("workQueue() counts what is due and waits: neither what is running nor what is for later", async () => {
  const { queue, clock } = setUp();
  assert.equal(queue.state().depth, 0);
  for (const item of ["a", "b", "c"]) queue.add(item);
  queue.add("later", 1_000);
  assert.equal(queue.state().depth, 3);
  await takeNow(queue);
  assert.equal(queue.state().depth, 2);
  queue.done("a");
  assert.equal(queue.state().depth, 2);
  await clock.advance(999);
  assert.equal(queue.state().depth, 2);
  await clock.advance(1);
  assert.equal(queue.state().depth, 3);
});

Deno.test("workQueue() tells how long each item waited beyond its time", async () => {
  const waits: number[] = [];
  const { queue, clock } = setUp({ onWait: (ms) => waits.push(ms) });
  queue.add("a");
  queue.add("b", 200);
  await takeNow(queue);
  await clock.advance(500);
  await takeNow(queue);
  assert.deepEqual(waits, [0, 300]);
});

Deno.test("workQueue.take() ends with undefined as soon as its signal aborts", async () => {
  const { queue, clock } = setUp();
  queue.add("a", 60_000);
  const controller = new AbortController();
  const taking = queue.take(controller.signal);
  assert.equal(clock.pending, 1);
  controller.abort();
  assert.equal(await taking, undefined);
  assert.equal(clock.pending, 0, "nobody is left to be woken");
});

Deno.test("workQueue.take() gives nothing when its signal has already aborted, and loses nothing", async () => {
  const { queue } = setUp();
  queue.add("a");
  assert.equal(await queue.take(AbortSignal.abort()), undefined);
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() hands nothing to a worker that has gone away, and wakes the ones that stay", async () => {
  const { queue, clock } = setUp();
  queue.add("a", 1_000);
  const [leaving, staying] = [new AbortController(), new AbortController()];
  const takes = [queue.take(leaving.signal), queue.take(staying.signal), queue.take(leaving.signal)];
  leaving.abort();
  await clock.advance(1_000);
  assert.deepEqual(await Promise.all(takes), [undefined, "a", undefined]);
});

Deno.test("workQueue.take() lets go of its signal once it has handed something out", async () => {
  const { queue } = setUp();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const taking = queue.take(signal);
  assert.equal(listeners(), 1);
  queue.add("a");
  await taking;
  assert.equal(listeners(), 0);
});

Deno.test("workQueue() keeps at most one timer, and none while nobody waits", async () => {
  const world = setUp();
  const { queue, clock } = world;
  for (let i = 0; i < 20; i++) queue.add(`key-${i}`, 1_000 + i);
  assert.equal(clock.pending, 0);
  const { handed, stop } = follow(world);
  assert.equal(clock.pending, 1);
  await clock.advance(5_000);
  assert.equal(handed.length, 20);
  assert.equal(clock.pending, 0);
  await stop();
});

Deno.test("workQueue() remembers nothing of a key once it has been quiet", async () => {
  const clock = new ManualClock();
  const queue = new WorkQueue<{ key: string; copy: number }>({ clock, keyOf: ({ key }) => key });
  queue.add({ key: "a", copy: 1 });
  queue.done(await takeNow(queue) ?? assert.fail());
  await clock.advance(100);
  await takeNow(queue);
  queue.add({ key: "a", copy: 2 });
  assert.equal((await takeNow(queue))?.copy, 2, "a remembered key would have given its first copy");
});

Deno.test("workQueue() forgets a quiet key once, and not the one that takes its place", async () => {
  const { queue, clock } = setUp({ coalesceMs: 0 });
  // Without time passing, key a comes to stand in the heap twice, with b between.
  queue.add("a");
  await takeNow(queue);
  queue.done("a");
  queue.add("a");
  await takeNow(queue);
  queue.add("b");
  queue.done("a");
  assert.equal(await takeNow(queue), "b");
  queue.add("a");
  assert.equal(await takeNow(queue), "a");
  queue.add("a");
  await clock.advance(1_000);
  assert.equal(await takeNow(queue), undefined, "one worker has it already");
  queue.done("a");
  assert.equal(await takeNow(queue), "a");
});

Deno.test("workQueue() hands out first what was asked for first of all, however long the others have waited", async () => {
  const waits: number[] = [];
  const { queue, clock } = setUp({ onWait: (ms) => waits.push(ms) });
  for (const item of ["a", "b", "c"]) queue.add(item);
  await clock.advance(1_000);
  queue.addFirst("new");
  queue.addFirst("c");
  await clock.advance(5);
  const handed = [];
  for (let i = 0; i < 5; i++) handed.push(await takeNow(queue));
  assert.deepEqual(handed, ["new", "c", "a", "b", undefined]);
  assert.deepEqual(waits, [5, 5, 1_005, 1_005]);
});

Deno.test("workQueue() keeps the quiet time and the penalty of what is asked for first of all", async () => {
  const { queue, clock } = setUp();
  queue.add("a");
  assert.equal(await takeNow(queue), "a");
  queue.addFirst("a");
  queue.done("a", 2_000);
  queue.addFirst("a");
  await clock.advance(1_999);
  assert.equal(await takeNow(queue), undefined);
  await clock.advance(1);
  assert.equal(await takeNow(queue), "a");
});

for (
  const [when, restMs, waits] of [
    ["its quiet time is over", 1_000, 0],
    ["its quiet time lasts", 20, 80],
  ] as const
) {
  Deno.test(`workQueue() lets what is asked for first of all go before those that began to wait when it was at work, while ${when}`, async () => {
    const { queue, clock } = setUp();
    queue.add("edited");
    await takeNow(queue);
    await clock.advance(50);
    for (const item of ["a", "b"]) queue.add(item);
    queue.done("edited");
    await clock.advance(restMs);
    queue.addFirst("edited");
    queue.addFirst("edited");
    await clock.advance(waits);
    assert.deepEqual([await takeNow(queue), await takeNow(queue)], ["edited", "a"]);
  });
}

Deno.test("workQueue() lets what is asked for first of all while a worker has it go first when that is done", async () => {
  const { queue, clock } = setUp();
  queue.add("edited");
  await takeNow(queue);
  queue.addFirst("edited");
  await clock.advance(150);
  for (const item of ["a", "b"]) queue.add(item);
  await clock.advance(1_000);
  queue.add("edited", 60_000);
  queue.done("edited");
  await clock.advance(100);
  assert.deepEqual([await takeNow(queue), await takeNow(queue)], ["edited", "a"]);
});

Deno.test("workQueue() lets a key that has gone first wait for its turn the next time", async () => {
  const { queue, clock } = setUp();
  queue.addFirst("edited");
  queue.done(await takeNow(queue) ?? "");
  await clock.advance(1_000);
  for (const item of ["a", "edited"]) queue.add(item);
  assert.deepEqual([await takeNow(queue), await takeNow(queue)], ["a", "edited"]);
});
