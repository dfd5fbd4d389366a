/** A recorder of events at work, on a server that does as a test says. */

import assert from "node:assert/strict";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import type { EventSeries, NewEvent } from "../../lib/api/ports.ts";
import { EventRecorder, type EventRecorderOptions } from "../../lib/operator/event_recorder.ts";
import type { News } from "../../lib/policy/news.ts";
import { ManualClock } from "./manual_clock.ts";
import { recordingLogger } from "./recording_logger.ts";

/** Two things to tell. */
export const WORSE: News = {
  type: "Warning",
  reason: "ClassificationChanged",
  note: "Worse.",
  topic: "worse",
};
export const BETTER: News = {
  type: "Normal",
  reason: "ClassificationChanged",
  note: "Better.",
  topic: "better",
};

/** A policy to tell of. */
export function policy(name = "strict", uid = `uid of ${name}`): DevOpsPolicy {
  const metadata = { namespace: "team", name, uid };
  return { namespace: "team", name, resourceVersion: "7", metadata, spec: {}, status: undefined };
}

/** A recorder at work on a server that does as `answer` says. */
export function recording(
  answer: (call: string, signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
  more: Pick<EventRecorderOptions, "mayBegin"> = {},
) {
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
    ...more,
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
