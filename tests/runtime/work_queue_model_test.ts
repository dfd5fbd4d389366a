/** The work queue against a model: whatever happens in whatever order, every hand-out is due, single and in time. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { WorkQueue } from "../../lib/runtime/work_queue.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

type Step =
  | { readonly do: "add"; readonly key: string; readonly delayMs: number }
  | { readonly do: "addFirst"; readonly key: string }
  | { readonly do: "take" }
  | { readonly do: "leave"; readonly which: number }
  | { readonly do: "done"; readonly which: number; readonly pauseMs: number }
  | { readonly do: "advance"; readonly ms: number };

const keys = fc.constantFrom("a", "b", "c", "d");
const durations = fc.constantFrom(0, 0, 1, 50, 100, 150, 1_000);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      key: keys,
      delayMs: durations,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("addFirst" as const), key: keys }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("take" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("done" as const), which: fc.nat(), pauseMs: durations }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("advance" as const), ms: durations }) },
);

/** What a queue must know of a key, kept in the plainest way. */
interface KeyModel {
  /** When the soonest unanswered request wants it; Infinity when there is none. */
  wantedAt: number;
  /** No sooner than this. */
  floor: number;
  running: boolean;
  /** Whether somebody has asked for it first of all. */
  isFirst: boolean;
}

const dueAt = ({ wantedAt, floor }: KeyModel) => Math.max(wantedAt, floor);
/** Whether `a` has its turn before `b`, given that both are due. */
const isBefore = (a: KeyModel, b: KeyModel) => a.isFirst === b.isFirst ? dueAt(a) < dueAt(b) : a.isFirst;

/** A queue and its model side by side; every hand-out is judged at the moment it happens. */
class Judge {
  readonly clock = new ManualClock();
  readonly #queue: WorkQueue<string>;
  readonly #coalesceMs: number;
  readonly #keys = new Map<string, KeyModel>();
  readonly #waiting: AbortController[] = [];
  /** Since when at least one worker has been waiting. */
  #waitingSince = 0;
  /** What went wrong at a hand-out, where nobody could throw it to the test. */
  #verdict: unknown;

  constructor(coalesceMs: number) {
    this.#coalesceMs = coalesceMs;
    this.#queue = new WorkQueue({ clock: this.clock, keyOf: (key) => key, coalesceMs });
  }

  get running(): string[] {
    return [...this.#keys].filter(([, { running }]) => running).map(([key]) => key);
  }

  get wanted(): string[] {
    return [...this.#keys].filter(([, { wantedAt }]) => wantedAt < Infinity).map(([key]) => key);
  }

  async play(step: Step): Promise<void> {
    const now = this.clock.monotonic();
    switch (step.do) {
      case "add": {
        const model = this.#modelOf(step.key);
        model.wantedAt = Math.min(model.wantedAt, now + step.delayMs);
        this.#queue.add(step.key, step.delayMs);
        break;
      }
      case "addFirst": {
        const model = this.#modelOf(step.key);
        if (!model.isFirst) Object.assign(model, { isFirst: true, wantedAt: now });
        this.#queue.addFirst(step.key);
        break;
      }
      case "take":
        this.#take();
        break;
      case "leave":
        this.#waiting.splice(step.which % (this.#waiting.length || 1), 1)[0]?.abort();
        break;
      case "done": {
        const key = this.running[step.which % (this.running.length || 1)];
        if (key === undefined) break;
        const model = this.#keys.get(key)!;
        model.running = false;
        model.floor = now + Math.max(step.pauseMs, this.#coalesceMs);
        this.#queue.done(key, step.pauseMs);
        break;
      }
      case "advance":
        await this.clock.advance(step.ms);
        break;
      default:
        step satisfies never;
    }
    await settled();
    this.#check();
  }

  #modelOf(key: string): KeyModel {
    const model = this.#keys.get(key) ?? { wantedAt: Infinity, floor: 0, running: false, isFirst: false };
    this.#keys.set(key, model);
    return model;
  }

  #take(): void {
    const controller = new AbortController();
    if (this.#waiting.length === 0) this.#waitingSince = this.clock.monotonic();
    this.#waiting.push(controller);
    this.#queue.take(controller.signal).then((key) => {
      if (controller.signal.aborted) return assert.equal(key, undefined, "handed to a worker that left");
      assert(key !== undefined, "a worker that stayed was sent away");
      assert.equal(this.#waiting.shift(), controller, "a worker was passed over");
      this.#judge(key);
    }).catch((error) => this.#verdict ??= error);
  }

  #judge(key: string): void {
    const now = this.clock.monotonic();
    const model = this.#keys.get(key);
    assert(model !== undefined && model.wantedAt < Infinity, `nobody asked for ${key}`);
    assert(!model.running, `${key} went to two workers`);
    const due = dueAt(model);
    assert(now >= due, `${key} came ${due - now} ms too soon`);
    assert.equal(now, Math.max(due, this.#waitingSince), `${key} came too late`);
    for (const [other, otherModel] of this.#keys) {
      const waits = !otherModel.running && dueAt(otherModel) <= now;
      assert(!waits || !isBefore(otherModel, model), `${other} was passed over for ${key}`);
    }
    Object.assign(model, {
      running: true,
      isFirst: false,
      wantedAt: Infinity,
    });
  }

  #check(): void {
    if (this.#verdict !== undefined) throw this.#verdict;
    const now = this.clock.monotonic();
    const due = [...this.#keys.values()].filter((model) => !model.running && dueAt(model) <= now).length;
    assert.equal(this.#queue.state().depth, due);
    assert(due === 0 || this.#waiting.length === 0, "work and a worker wait for each other");
    assert(this.clock.pending <= (this.#waiting.length > 0 ? 1 : 0), "a timer wakes nobody");
  }
}

Deno.test("workQueue() loses nothing, hands nothing out early, late or twice, whatever happens in whatever order", async () => {
  const runs = fc.asyncProperty(
    fc.constantFrom(0, 100),
    fc.array(steps, { maxLength: 80, size: "max" }),
    async (ms, steps) => {
      const judge = new Judge(ms);
      for (const step of steps) await judge.play(step);
      // In the end every worker finishes and comes back, and time passes: all that was asked for must be handed out.
      for (let round = 0; round < 8; round++) {
        for (const _ of judge.running) await judge.play({ do: "done", which: 0, pauseMs: 0 });
        await judge.play({ do: "take" });
        await judge.play({ do: "advance", ms: 2_000 });
      }
      assert.deepEqual(judge.wanted, []);
    },
  );
  await fc.assert(runs, { numRuns: 300 });
});
