/** The recorder of events: what the server hears of, how often, and how fast. */

import assert from "node:assert/strict";
import { Line } from "../../lib/api/line.ts";
import type { NewEvent } from "../../lib/api/ports.ts";
import { BETTER, policy, recording, WORSE } from "../support/recording_events.ts";

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

Deno.test("EventRecorder keeps what there is to tell until there is sense in telling it", async () => {
  const line = new Line();
  const { recorder, clock, calls, stop } = recording(undefined, {
    mayBegin: (signal) => line.opened(signal),
  });
  line.close();
  recorder.record(policy(), [WORSE]);
  await clock.advance(120_000);
  assert.deepEqual(calls, []);
  line.open();
  await clock.advance(0);
  assert.deepEqual(calls, ["create Worse."]);
  line.close();
  recorder.record(policy(), [BETTER]);
  await clock.advance(1_000);
  await stop();
  assert.deepEqual(calls, ["create Worse."], "who is to end does not wait");
});
