/** Schedules: what happens to an operator, in which order, and in the middle of what. */

import fc from "fast-check";
import { type Action, PODS_AS, SPECS } from "./actions.ts";
import type { Moment } from "./interjections.ts";
import type { Hold, Mishap, Watched } from "./wire.ts";
import { PODS, POLICIES, type WorldOptions } from "./world.ts";

/**
 * How the operator hears of a change: from its watches before anything else happens; from them once all else is over; or
 * by reading everything again, as it happened while nobody watched.
 */
export const TELLINGS = ["at-once", "late", "by-reading-again"] as const;
export type Telling = (typeof TELLINGS)[number];

/** What happens in the middle of what a step leads to; or behind it, where that has no such moment. */
export interface Meanwhile {
  readonly action: Action;
  readonly moment: Moment;
  readonly telling: Telling;
}

/** One thing that happens, and maybe another one in the middle of what it leads to. */
export interface Step {
  readonly action: Action;
  /** Whether all that takes no time is done before the next step. */
  readonly rests: boolean;
  readonly meanwhile?: Meanwhile | undefined;
}

/** A world, and what happens in it. */
export interface Schedule extends WorldOptions {
  /** Whether there is something to look after when the operator starts. */
  readonly isPopulated: boolean;
  readonly steps: readonly Step[];
}

const watch = fc.constantFrom<Watched>("devopspolicies", "pods");
const podIndex = fc.nat(PODS.length - 1);
const as = fc.nat(PODS_AS.length - 1);
const policy = fc.nat(POLICIES.length - 1);
const spec = fc.nat(SPECS.length - 1);
const which = fc.nat(30);

function action<Do extends Action["do"], Rest extends object>(
  weight: number,
  name: Do,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> } = {} as never,
): fc.WeightedArbitrary<Action> {
  return {
    weight,
    arbitrary: fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<Action>,
  };
}

const actions: fc.Arbitrary<Action> = fc.oneof(
  action(5, "put-pod", { pod: podIndex, as }),
  action(3, "delete-pod", { pod: podIndex, lingers: fc.boolean() }),
  action(2, "recreate-pod", { pod: podIndex, as }),
  action(5, "put-policy", { policy, spec }),
  action(2, "delete-policy", { policy }),
  action(2, "recreate-policy", { policy, spec }),
  action(1, "strip", { policy }),
  action(2, "hold-policy", { policy }),
  action(1, "see", { policy }),
  action(1, "scribble", { policy }),
  action(1, "touch", { policy }),
  action(3, "cut", { watch, how: fc.constantFrom("ended", "torn", "broken", "frozen") }),
  action(2, "mute", { watch }),
  action(1, "unmute", { watch }),
  action(2, "say", { watch }),
  action(2, "repeat", { watch, which }),
  action(2, "compact"),
  action(4, "hold", { what: fc.constantFrom<Hold>("requests", "answers", "answers", "nothing") }),
  action(4, "proceed", { which }),
  action(3, "mishap", {
    mishap: fc.constantFrom<Mishap>(
      { what: "lose-request" },
      { what: "lose-answer" },
      { what: "refuse", code: 409, reason: "Conflict" },
      { what: "refuse", code: 500, reason: "InternalError" },
      { what: "refuse", code: 403, reason: "Forbidden" },
      { what: "refuse", code: 429, reason: "TooManyRequests" },
    ),
  }),
  action(2, "forestall", { policy }),
  action(5, "advance", { ms: fc.constantFrom(50, 100, 1_000, 10_000, 31_000, 61_000) }),
);

const changes: fc.Arbitrary<Action> = fc.oneof(
  action(1, "put-pod", { pod: podIndex, as }),
  action(1, "delete-pod", { pod: podIndex, lingers: fc.boolean() }),
  action(1, "put-policy", { policy, spec }),
  action(1, "delete-policy", { policy }),
  action(1, "recreate-policy", { policy, spec }),
  action(1, "hold-policy", { policy }),
  action(1, "touch", { policy }),
);

const meanwhile: fc.Arbitrary<Meanwhile> = fc.record({
  action: changes,
  moment: fc.record({
    call: fc.integer({ min: 1, max: 3 }),
    before: fc.constantFrom("request" as const, "answer" as const),
  }),
  telling: fc.constantFrom(...TELLINGS),
});

/** Any schedule. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  hasWatchLists: fc.nat(3).map((n) => n > 0),
  hasHeartbeat: fc.nat(3).map((n) => n === 0),
  isPopulated: fc.boolean(),
  steps: fc.array(
    fc.record({
      action: actions,
      rests: fc.nat(3).map((n) => n > 0),
      meanwhile: fc.option(meanwhile, { freq: 8, nil: undefined }),
    }),
    { minLength: 1, maxLength: 24, size: "max" },
  ),
}).map((schedule) => schedule.hasHeartbeat ? schedule : withoutScribbles(schedule));

/** What somebody writes over a status is put right by the next heartbeat, and by nothing before. */
function withoutScribbles(schedule: Schedule): Schedule {
  return { ...schedule, steps: schedule.steps.filter(({ action }) => action.do !== "scribble") };
}

/** Few enough to try all sequences of them, on what one namespace holds. */
export const ALPHABET: readonly Action[] = [
  { do: "put-pod", pod: 0, as: 2 },
  { do: "delete-pod", pod: 0, lingers: false },
  { do: "put-policy", policy: 0, spec: 1 },
  { do: "delete-policy", policy: 0 },
  { do: "recreate-policy", policy: 0, spec: 0 },
  { do: "hold-policy", policy: 0 },
  { do: "cut", watch: "pods", how: "ended" },
  { do: "mute", watch: "pods" },
  { do: "mute", watch: "devopspolicies" },
  { do: "compact" },
  { do: "hold", what: "answers" },
  { do: "mishap", mishap: { what: "lose-answer" } },
  { do: "forestall", policy: 0 },
];

/** What users and kubelets do: few enough to try each of them in the middle of what each other one leads to. */
export const CHANGES: readonly Action[] = [
  { do: "put-pod", pod: 0, as: 2 },
  { do: "delete-pod", pod: 0, lingers: false },
  { do: "put-policy", policy: 0, spec: 1 },
  { do: "put-policy", policy: 1, spec: 1 },
  { do: "delete-policy", policy: 0 },
  { do: "recreate-policy", policy: 0, spec: 2 },
  { do: "hold-policy", policy: 0 },
  { do: "touch", policy: 0 },
];
