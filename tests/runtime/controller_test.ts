/** The controller: when a key comes back after a success, a failure or a change, and how it ends. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { type Action, runController } from "../../lib/runtime/controller.ts";
import { WorkQueue } from "../../lib/runtime/work_queue.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

const DONE: Action = { requeueAfterMs: undefined };

const refusal = (code: number, retryAfterMs?: number) =>
  new ApiError({ code, reason: "", message: "no", ...(retryAfterMs !== undefined && { retryAfterMs }) });

/** A controller at work; `runs` and the observer's words carry seconds since it started. */
function running(
  reconcile: (item: string, run: number) => Action | Promise<Action>,
  { workers, mayBegin }: { workers?: number; mayBegin?: () => Promise<void> } = {},
) {
  const clock = new ManualClock();
  const startedAt = clock.monotonic();
  const seconds = () => (clock.monotonic() - startedAt) / 1_000;
  const queue = new WorkQueue<string>({ clock, keyOf: (item) => item });
  const runs: [item: string, at: number][] = [];
  const said: unknown[] = [];
  const stopping = new AbortController();
  let ended = false;
  const ending = runController({
    queue,
    keyOf: (item) => item,
    clock,
    reconcile: async (item) => {
      runs.push([item, seconds()]);
      return await reconcile(item, runs.length);
    },
    observer: {
      reconciled: (item, durationMs) => said.push(["reconciled", item, durationMs]),
      failed: (item, error, durationMs, retryAfterMs) =>
        said.push(["failed", item, error, durationMs, retryAfterMs]),
    },
    ...(workers !== undefined && { workers }),
    ...(mayBegin !== undefined && { mayBegin }),
  }, stopping.signal).then(() => ended = true);
  return {
    clock,
    queue,
    runs,
    said,
    /** When `item` was reconciled. */
    runsOf: (item: string) => runs.filter(([run]) => run === item).map(([, at]) => at),
    ended: () => ended,
    stop: async () => {
      stopping.abort();
      await ending;
      assert.equal(clock.pending, 0);
    },
    abort: () => stopping.abort(),
  };
}

/** Work that the test finishes when it likes. */
function held() {
  const gates: PromiseWithResolvers<Action>[] = [];
  return {
    reconcile: () => {
      const gate = Promise.withResolvers<Action>();
      gates.push(gate);
      return gate.promise;
    },
    finish: (i: number) => gates[i]!.resolve(DONE),
  };
}

Deno.test("runController() reconciles what is asked for and then leaves it alone", async () => {
  const { clock, queue, runsOf, stop } = running(() => DONE);
  queue.add("a");
  await clock.advance(3_600_000);
  assert.deepEqual(runsOf("a"), [0]);
  await stop();
});

Deno.test("runController() reconciles again after the time that the reconcile asked for", async () => {
  const { clock, queue, runsOf, stop } = running(() => ({ requeueAfterMs: 30_000 }));
  queue.add("a");
  await clock.advance(90_000);
  assert.deepEqual(runsOf("a"), [0, 30, 60, 90]);
  await stop();
});

Deno.test("runController() lets a change come before that time, and counts anew from there", async () => {
  const { clock, queue, runsOf, stop } = running(() => ({ requeueAfterMs: 30_000 }));
  queue.add("a");
  await clock.advance(10_000);
  queue.add("a");
  await clock.advance(35_000);
  assert.deepEqual(runsOf("a"), [0, 10, 40]);
  await stop();
});

Deno.test("runController() reconciles once more after a change that came during the reconcile", async () => {
  const work = held();
  const { clock, queue, runsOf, stop } = running(work.reconcile);
  queue.add("a");
  await clock.advance(2_000);
  queue.add("a");
  await clock.advance(2_000);
  assert.deepEqual(runsOf("a"), [0]);
  work.finish(0);
  await clock.advance(1_000);
  assert.deepEqual(runsOf("a"), [0, 4.1]);
  work.finish(1);
  await clock.advance(60_000);
  assert.deepEqual(runsOf("a"), [0, 4.1]);
  await stop();
});

Deno.test("runController() tries a failed reconcile again every 60 seconds when nothing changes", async () => {
  const { clock, queue, runsOf, stop } = running(() => Promise.reject(new Error("no")));
  queue.add("a");
  await clock.advance(240_000);
  assert.deepEqual(runsOf("a"), [0, 60, 120, 180, 240]);
  await stop();
});

for (
  const [why, error] of [
    ["nobody answered", new ConnectionError("reset", "the connection broke")],
    ["the server could not serve for now", refusal(503)],
  ] as const
) {
  Deno.test(`runController() tries a reconcile that ${why} again after 1, 2, 4 … 60 seconds, and says so`, async () => {
    const { clock, queue, runsOf, said, stop } = running(() => Promise.reject(error));
    queue.add("a");
    await clock.advance(183_000);
    assert.deepEqual(runsOf("a"), [0, 1, 3, 7, 15, 31, 63, 123, 183]);
    assert.deepEqual(said.slice(0, 2), [["failed", "a", error, 0, 1_000], ["failed", "a", error, 0, 2_000]]);
    await stop();
  });
}

for (const code of [429, 503, 403]) {
  Deno.test(`runController() tries nothing sooner than a ${code} asks for, whatever changes`, async () => {
    const { clock, queue, runsOf, stop } = running((_item, run) =>
      run > 1 ? DONE : Promise.reject(refusal(code, 120_000))
    );
    queue.add("a");
    for (let second = 0; second < 150; second++) {
      await clock.advance(1_000);
      if (second < 100) queue.add("a");
    }
    assert.deepEqual(runsOf("a"), [0, 120]);
    await stop();
  });
}

Deno.test("runController() holds what nobody answered until it may begin, and begins it then", async () => {
  let gate: PromiseWithResolvers<void> | undefined;
  const { clock, queue, runsOf, stop } = running(
    (_item, run) => {
      if (run > 1) return DONE;
      gate = Promise.withResolvers();
      throw new ConnectionError("timeout", "no answer");
    },
    { mayBegin: () => gate?.promise ?? Promise.resolve() },
  );
  queue.add("a");
  await clock.advance(600_000);
  assert.deepEqual(runsOf("a"), [0]);
  gate?.resolve();
  await clock.advance(60_000);
  assert.deepEqual(runsOf("a"), [0, 600]);
  await stop();
});

for (
  const [how, reconcile] of [["rejects", () => Promise.reject(new Error("no"))], ["throws", () => {
    throw new Error("no");
  }]] as const
) {
  Deno.test(`runController() goes on after a reconcile that ${how}`, async () => {
    const { clock, queue, runsOf, ended, stop } = running((item) => item === "bad" ? reconcile() : DONE, {
      workers: 1,
    });
    for (let i = 0; i < 10; i++) {
      queue.add("bad");
      queue.add(`good-${i}`);
      await clock.advance(60_000);
      assert.deepEqual(runsOf(`good-${i}`), [i * 60]);
    }
    assert.equal(ended(), false);
    await stop();
  });
}

Deno.test("runController() lets a change bring a failed key back after 1, 2, 4 … 60 seconds, no sooner", async () => {
  const { clock, queue, runsOf, stop } = running(() => Promise.reject(new Error("no")));
  queue.add("a");
  for (let tenths = 0; tenths < 10 * 250; tenths++) {
    await clock.advance(100);
    queue.add("a");
  }
  assert.deepEqual(runsOf("a"), [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  await stop();
});

Deno.test("runController() holds back a change that came while the reconcile was failing", async () => {
  const failing = Promise.withResolvers<Action>();
  const { clock, queue, runsOf, stop } = running((_, run) => run === 1 ? failing.promise : DONE);
  queue.add("a");
  await clock.advance(500);
  queue.add("a");
  failing.reject(new Error("no"));
  await clock.advance(999);
  assert.deepEqual(runsOf("a"), [0]);
  await clock.advance(1);
  assert.deepEqual(runsOf("a"), [0, 1.5]);
  await stop();
});

Deno.test("runController() forgets failures after a success", async () => {
  const { clock, queue, runsOf, stop } = running((_, run) =>
    run === 4 ? DONE : Promise.reject(new Error("no"))
  );
  queue.add("a");
  for (let tenths = 0; tenths < 10 * 11; tenths++) {
    await clock.advance(100);
    queue.add("a");
  }
  // Three failures, a success at 7, then the first failure of a new row, and its second.
  assert.deepEqual(runsOf("a"), [0, 1, 3, 7, 7.1, 8.1, 10.1]);
  await stop();
});

Deno.test("runController() delays nobody else for the failure of one key", async () => {
  const { clock, queue, runsOf, stop } = running((item) =>
    item === "bad" ? Promise.reject(new Error("no")) : { requeueAfterMs: 1_000 }
  );
  queue.add("bad");
  queue.add("good");
  await clock.advance(3_000);
  assert.deepEqual(runsOf("good"), [0, 1, 2, 3]);
  assert.deepEqual(runsOf("bad"), [0]);
  await stop();
});

Deno.test("runController() counts the failures of each key by themselves", async () => {
  const { clock, queue, runsOf, stop } = running(() => Promise.reject(new Error("no")));
  queue.add("a");
  await clock.advance(1_000);
  queue.add("a");
  await clock.advance(1_000);
  queue.add("b");
  await clock.advance(100);
  queue.add("b");
  await clock.advance(1_000);
  assert.deepEqual(runsOf("a"), [0, 1]);
  assert.deepEqual(runsOf("b"), [2, 3]);
  await stop();
});

for (const [workers, expected] of [[undefined, 16], [1, 1], [3, 3]] as const) {
  Deno.test(`runController() has ${expected} reconciles under way at most, given ${workers ?? "no"} workers`, async () => {
    const work = held();
    const { clock, queue, runs, stop } = running(work.reconcile, workers === undefined ? {} : { workers });
    for (let i = 0; i < 40; i++) queue.add(`key-${i}`);
    await clock.advance(60_000);
    assert.equal(runs.length, expected);
    work.finish(0);
    await clock.advance(0);
    assert.equal(runs.length, expected + 1);
    for (let i = 1; i < 40; i++) {
      work.finish(i);
      await clock.advance(0);
    }
    assert.equal(runs.length, 40);
    await stop();
  });
}

Deno.test("runController() says of each reconcile how long it took, or why it failed and when it is tried again", async () => {
  const failing = Promise.withResolvers<Action>();
  const succeeding = Promise.withResolvers<Action>();
  const error = new Error("no");
  const { clock, queue, said, stop } = running((item) =>
    item === "bad" ? failing.promise : succeeding.promise
  );
  queue.add("bad");
  queue.add("good");
  await clock.advance(250);
  clock.jump(-3_600_000);
  failing.reject(error);
  await clock.advance(50);
  succeeding.resolve(DONE);
  await clock.advance(0);
  assert.deepEqual(said, [["failed", "bad", error, 250, 60_000], ["reconciled", "good", 300]]);
  await stop();
});

Deno.test("runController() ends when its signal aborts, but not before the work under way", async () => {
  const work = held();
  const { clock, queue, runs, said, ended, abort, stop } = running(work.reconcile, { workers: 2 });
  for (const item of ["a", "b", "c"]) queue.add(item);
  await clock.advance(0);
  abort();
  await clock.advance(60_000);
  work.finish(0);
  await settled();
  assert.equal(ended(), false, "b is under way");
  work.finish(1);
  await settled();
  assert.equal(ended(), true);
  assert.deepEqual(runs.map(([item]) => item), ["a", "b"], "nothing is begun after the end");
  assert.deepEqual(said, [["reconciled", "a", 60_000], ["reconciled", "b", 60_000]]);
  await stop();
});

Deno.test("runController() ends at once when its signal aborts and nothing is under way", async () => {
  const { clock, queue, runs, stop } = running(() => DONE);
  queue.add("a", 60_000);
  await clock.advance(1_000);
  await stop();
  await clock.advance(120_000);
  assert.deepEqual(runs, []);
});

Deno.test("runController() lets others in between while it reconciles very many that need nobody else", async () => {
  const clock = new BusyClock();
  const queue = new WorkQueue<string>({ clock, keyOf: (item) => item });
  for (let i = 0; i < 5_000; i++) queue.add(`item-${i}`);
  const stopping = new AbortController();
  const all = Promise.withResolvers<void>();
  let runs = 0;
  const running = runController({
    queue,
    keyOf: (item) => item,
    clock,
    reconcile() {
      clock.work(0.1);
      if (++runs === 5_000) all.resolve();
      return Promise.resolve(DONE);
    },
    observer: { reconciled() {}, failed() {} },
  }, stopping.signal);
  await all.promise;
  assert(clock.longest <= 10, `${clock.longest} ms at a stretch`);
  assert(clock.turns >= 25);
  stopping.abort();
  await running;
});

Deno.test("runController() begins nothing before it may, and does not count the wait as work", async () => {
  const gate = Promise.withResolvers<void>();
  const { clock, queue, runs, said, stop } = running(() => DONE, {
    workers: 2,
    mayBegin: () => gate.promise,
  });
  for (const item of ["a", "b", "c"]) queue.add(item);
  await clock.advance(60_000);
  assert.deepEqual(runs, []);
  gate.resolve();
  await clock.advance(0);
  assert.deepEqual(runs, [["a", 60], ["b", 60], ["c", 60]]);
  assert.deepEqual(said, [["reconciled", "a", 0], ["reconciled", "b", 0], ["reconciled", "c", 0]]);
  await stop();
});

Deno.test("runController() begins nothing that may begin only now that it is to end", async () => {
  const gate = Promise.withResolvers<void>();
  const { queue, runs, abort, stop } = running(() => DONE, { mayBegin: () => gate.promise });
  queue.add("a");
  await settled();
  abort();
  gate.resolve();
  await stop();
  assert.deepEqual(runs, []);
});
