/** The recorder of events before a server that refuses or hangs, and at its end. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError, LeaseLostError } from "../../lib/api/errors.ts";
import { BETTER, policy, recording, WORSE } from "../support/recording_events.ts";

function apiError(code: number, message = `answered ${code}`): ApiError {
  return new ApiError({ code, reason: "", message });
}

Deno.test("EventRecorder says once for each kind that events are refused, and tells the next one all the same", async () => {
  let refusal: unknown = apiError(403, "no right");
  const { recorder, clock, calls, outcomes, warnings, stop } = recording(() =>
    refusal === undefined ? Promise.resolve() : Promise.reject(refusal)
  );
  const another = async (name: string) => {
    recorder.record(policy(name), [WORSE]);
    await clock.advance(1_000);
  };
  await another("a");
  await another("b");
  refusal = new ConnectionError("timeout", "no answer");
  await another("c");
  refusal = undefined;
  await another("d");
  refusal = apiError(403, "no right");
  await another("e");
  assert.equal(calls.length, 5, "nothing is tried twice");
  assert.deepEqual(outcomes, ["failed", "failed", "failed", "written", "failed"]);
  assert.deepEqual(warnings(), ["no right", "no answer"]);
  await stop();
});

Deno.test("EventRecorder says nothing of a namespace that is on its way out", async () => {
  const message =
    'events "x" is forbidden: unable to create new content in namespace team because it is being terminated';
  const { recorder, clock, warnings, outcomes, stop } = recording(() =>
    Promise.reject(apiError(403, message))
  );
  recorder.record(policy(), [WORSE]);
  await clock.advance(0);
  assert.deepEqual(outcomes, ["failed"]);
  assert.deepEqual(warnings(), []);
  await stop();
});

Deno.test("EventRecorder creates with its count what the server never took, or has forgotten", async () => {
  const answers = [apiError(500), undefined, apiError(404), undefined, undefined];
  const { recorder, clock, calls, stop } = recording(() => {
    const error = answers.shift();
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  });
  for (let i = 0; i < 5; i++) {
    recorder.record(policy(), [WORSE]);
    await clock.advance(10_000);
  }
  assert.deepEqual(calls, [
    "create Worse.",
    "create Worse. ×2",
    "repeat Worse. ×3",
    "create Worse. ×4",
    "repeat Worse. ×5",
  ]);
  await stop();
});

Deno.test("EventRecorder tells at its end what is left, what was under way included", async () => {
  let silent = true;
  const { recorder, clock, calls, outcomes, stop } = recording((_call, signal) =>
    silent
      ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
      : Promise.resolve()
  );
  recorder.record(policy("a"), [WORSE]);
  recorder.record(policy("b"), [BETTER]);
  await clock.advance(0);
  await stop();
  silent = false;
  recorder.record(policy("c"), [WORSE]);
  await recorder.finish(new AbortController().signal);
  assert.deepEqual(calls, ["create Worse.", "create Worse.", "create Better.", "create Worse."]);
  assert.deepEqual(outcomes, ["written", "written", "written"]);
  assert.equal(clock.pending, 0);
});

Deno.test("EventRecorder gives up at its end when the server takes nothing, when told to, and after two seconds", async () => {
  const hanging = (_call: string, signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  for (
    const [answer, isAborted, ms, expected] of [
      [() => Promise.reject(apiError(403)), false, 0, 1],
      [() => Promise.resolve(), true, 0, 0],
      [hanging, false, 2_000, 1],
    ] as const
  ) {
    const { recorder, clock, calls, stop } = recording(answer);
    await stop();
    for (const name of ["a", "b", "c"]) recorder.record(policy(name), [WORSE]);
    const ended = new AbortController();
    if (isAborted) ended.abort();
    const finishing = recorder.finish(ended.signal);
    await clock.advance(ms);
    await finishing;
    assert.equal(calls.length, expected);
    assert.equal(clock.pending, 0);
  }
});

Deno.test("EventRecorder is silent once the lease is lost, and warns of nothing", async () => {
  const { recorder, clock, outcomes, warnings, stop } = recording(() =>
    Promise.reject(new LeaseLostError("This replica leads no more."))
  );
  recorder.record(policy(), [WORSE]);
  await clock.advance(0);
  assert.deepEqual(outcomes, []);
  assert.deepEqual(warnings(), []);
  await stop();
});
