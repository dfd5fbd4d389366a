/** Liveness: what counts as stuck, what does not, and how long a reconcile may take. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../lib/api/errors.ts";
import type { ObjectRef } from "../../lib/api/object.ts";
import { findStuck, withinReconcileTime } from "../../lib/operator/liveness.ts";
import type { QueueState } from "../../lib/runtime/work_queue.ts";
import { countListeners } from "../support/count_listeners.ts";
import { ManualClock } from "../support/manual_clock.ts";

const QUIET: QueueState<ObjectRef> = {
  depth: 0,
  oldestMs: 0,
  hasIdleWorker: true,
  longestRunning: undefined,
};
const running = (ms: number) => ({ longestRunning: { item: { namespace: "team", name: "strict" }, ms } });

for (
  const [what, state, expected] of [
    ["nothing to do", {}, undefined],
    ["a reconcile of five minutes", running(300_000), undefined],
    [
      "a longer one",
      running(300_001),
      "the reconcile of team/strict has been under way for 300 s",
    ],
    ["a policy that an idle worker leaves for five minutes", { depth: 1, oldestMs: 300_000 }, undefined],
    [
      "one that it leaves for longer",
      { depth: 1, oldestMs: 301_999 },
      "a policy has been due for 301 s, and an idle worker does not take it",
    ],
    [
      "a queue of an hour before workers that are all at work",
      { depth: 10_000, oldestMs: 3_600_000, hasIdleWorker: false, ...running(240_000) },
      undefined,
    ],
    ["policies that wait for the first worker", {
      depth: 10_000,
      oldestMs: 3_600_000,
      hasIdleWorker: false,
    }, undefined],
  ] as const
) {
  Deno.test(`findStuck() makes of ${what}: ${expected ?? "nothing"}`, () => {
    assert.equal(findStuck({ ...QUIET, ...state }), expected);
  });
}

Deno.test("withinReconcileTime() gives what the work brings, and leaves no timer and no listener", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  assert.equal(await withinReconcileTime(() => Promise.resolve(7), { clock, signal }), 7);
  await assert.rejects(
    withinReconcileTime(() => Promise.reject(new TypeError("a bug")), { clock, signal }),
    TypeError,
  );
  assert.equal(clock.pending, 0);
  assert.equal(listeners(), 0);
});

/** Work that waits for its signal. */
const waiting = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

Deno.test("withinReconcileTime() ends the work after four minutes, as a server that did not answer", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  let hasEnded = false;
  const ended = withinReconcileTime(waiting, { clock, signal }).finally(() => hasEnded = true);
  const isTimeout = (error: unknown) => error instanceof ConnectionError && error.problem === "timeout";
  const told = assert.rejects(ended, isTimeout);
  await clock.advance(239_999);
  assert.equal(hasEnded, false);
  await clock.advance(1);
  await told;
});

Deno.test("withinReconcileTime() ends the work when the operator ends", async () => {
  const clock = new ManualClock();
  const ending = new AbortController();
  const ended = withinReconcileTime(waiting, { clock, signal: ending.signal });
  ending.abort(new RangeError("the end"));
  await assert.rejects(ended, RangeError);
});
