/** The recorder of events: what the server hears of, how often, how fast, and what becomes of what it refuses. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import type { EventSeries, NewEvent } from "../../lib/api/ports.ts";
import { EventRecorder } from "../../lib/operator/event_recorder.ts";
import type { News } from "../../lib/policy/news.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { recordingLogger } from "../support/recording_logger.ts";

const WORSE: News = { type: "Warning", reason: "ClassificationChanged", note: "Worse.", topic: "worse" };
const BETTER: News = { type: "Normal", reason: "ClassificationChanged", note: "Better.", topic: "better" };

function policy(name = "strict", uid = `uid of ${name}`): DevOpsPolicy {
  const metadata = { namespace: "team", name, uid };
  return { namespace: "team", name, resourceVersion: "7", metadata, spec: {}, status: undefined };
}

function apiError(code: number, message = `answered ${code}`): ApiError {
  return new ApiError({ code, reason: "", message });
}

/** A recorder at work on a server that does as `answer` says. */
function recording(answer: (call: string, signal: AbortSignal) => Promise<void> = () => Promise.resolve()) {
  const clock = new ManualClock();
  const { log, records } = recordingLogger();
  const created: NewEvent[] = [];
  const calls: string[] = [];
  const at: number[] = [];
  const outcomes: string[] = [];
  const hear = (what: string, series: EventSeries | undefined, signal: AbortSignal) => {
    calls.push(series === undefined ? what : `${what} ×${series.count}`);
    at.push(clock.monotonic() - 1_000);
    return answer(what, signal);
  };
  const recorder = new EventRecorder({
    client: {
      create(event, series, signal) {
        created.push(event);
        return hear(`create ${event.note}`, series, signal);
      },
      repeat({ name }, series, signal) {
        const { note } = created.find((event) => event.name === name)!;
        return hear(`repeat ${note}`, series, signal);
      },
    },
    clock,
    log,
    metrics: { observeEvent: (outcome) => void outcomes.push(outcome) },
    explain: (error) => (error as Error).message,
  });
  const stopping = new AbortController();
  const running = recorder.run(stopping.signal);
  return {
    recorder,
    clock,
    created,
    calls,
    at,
    outcomes,
    warnings: () =>
      records.filter(({ level }) => level === "warn").map(({ properties }) => properties.problem),
    async stop() {
      stopping.abort();
      await running;
      assert.equal(clock.pending, 0, "a timer is left");
    },
  };
}

Deno.test("EventRecorder tells an event at once, of the policy as it was", async () => {
  const { recorder, clock, created, calls, outcomes, stop } = recording();
  recorder.record(policy(), [WORSE]);
  await clock.advance(0);
  assert.deepEqual(calls, ["create Worse."]);
  const [{ name, ...event }] = created as [NewEvent];
  assert.match(name, /^strict\.[0-9a-f-]{36}$/);
  assert.deepEqual(event, {
    subject: { namespace: "team", name: "strict", resourceVersion: "7", uid: "uid of strict" },
    type: "Warning",
    reason: "ClassificationChanged",
    note: "Worse.",
    firstAt: clock.now(),
  });
  assert.deepEqual(outcomes, ["written"]);
  await stop();
});

Deno.test("EventRecorder counts what happens again, and tells the count every ten seconds at most", async () => {
  const { recorder, clock, calls, at, stop } = recording();
  // Ten times a second, for half a minute.
  for (let i = 0; i < 300; i++) {
    recorder.record(policy(), [i % 2 === 0 ? WORSE : BETTER]);
    await clock.advance(100);
  }
  await clock.advance(60_000);
  assert.equal(calls.length, 8, calls.join(", "));
  assert.deepEqual(calls.slice(0, 2), ["create Worse.", "create Better."]);
  assert.deepEqual(calls.slice(-2), ["repeat Worse. ×150", "repeat Better. ×150"]);
  assert(at.every((time, i) => time >= Math.floor(i / 2) * 10_000), at.join(", "));
  await stop();
});

Deno.test("EventRecorder makes a new event of what happens again after ten minutes without", async () => {
  const { recorder, clock, calls, created, stop } = recording();
  recorder.record(policy(), [WORSE]);
  await clock.advance(599_999);
  recorder.record(policy(), [WORSE]);
  await clock.advance(600_000);
  recorder.record(policy(), [WORSE]);
  await clock.advance(0);
  assert.deepEqual(calls, ["create Worse.", "repeat Worse. ×2", "create Worse."]);
  assert.equal(new Set(created.map(({ name }) => name)).size, 2);
  await stop();
});

Deno.test("EventRecorder keeps policies apart, also one from another of the same name that is gone", async () => {
  const { recorder, clock, calls, stop } = recording();
  for (const [name, uid] of [["a", "1"], ["b", "2"], ["a", "3"]]) recorder.record(policy(name, uid), [WORSE]);
  await clock.advance(1_000);
  assert.deepEqual(calls, ["create Worse.", "create Worse.", "create Worse."]);
  await stop();
});

Deno.test("EventRecorder tells ten a second, keeps a thousand waiting, and drops and counts the others", async () => {
  const { recorder, clock, calls, at, outcomes, stop } = recording();
  for (let i = 0; i < 10_000; i++) recorder.record(policy(`policy-${i}`), [WORSE]);
  assert.equal(outcomes.filter((outcome) => outcome === "dropped").length, 9_000);
  await clock.advance(0);
  assert.equal(calls.length, 1);
  await clock.advance(99_900);
  assert.equal(calls.length, 1_000);
  assert(at.every((time, i) => time === i * 100));
  recorder.record(policy("late"), [WORSE]);
  await clock.advance(100);
  assert.equal(calls.length, 1_001, "there is room again");
  await stop();
});

Deno.test("EventRecorder remembers four thousand events at most, those that happened last", async () => {
  const { recorder, clock, calls, stop } = recording();
  const again = async (name: string) => {
    recorder.record(policy(name), [WORSE]);
    await clock.advance(100);
  };
  await again("first");
  await again("second");
  // Within ten minutes of both.
  for (let i = 0; i < 3_998; i++) await again(`policy-${i}`);
  await again("first");
  await again("one too many");
  calls.length = 0;
  await again("first");
  await again("second");
  await clock.advance(10_000);
  assert.deepEqual(calls.toSorted(), ["create Worse.", "repeat Worse. ×3"]);
  await stop();
});

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

for (const name of ["a".repeat(253), `${"a".repeat(215)}.b`, `${"a".repeat(215)}-b`, "a.b-c"]) {
  Deno.test(`EventRecorder names an event of the policy ${name.slice(0, 10)}… (${name.length}) as a server allows`, async () => {
    const { recorder, clock, created, stop } = recording();
    recorder.record(policy(name), [WORSE]);
    await clock.advance(0);
    const given = created[0]?.name ?? "";
    assert(given.length <= 253);
    assert.match(given, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    await stop();
  });
}
