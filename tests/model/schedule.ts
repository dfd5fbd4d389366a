/** What can happen to an operator, in whatever order: changes, faults of the network and of the server, and time. */

import fc from "fast-check";
import { pod, type PodBuilder } from "../support/pod_builder.ts";
import { NAMESPACES, PODS, type World, type WorldOptions } from "./world.ts";
import type { Hold, Mishap, Watched } from "./wire.ts";

/** One thing that happens. `which` is any number, and chooses among what there is. */
export type Action =
  | { readonly do: "put-pod"; readonly pod: number; readonly as: number }
  | { readonly do: "delete-pod"; readonly pod: number; readonly lingers: boolean }
  | { readonly do: "recreate-pod"; readonly pod: number; readonly as: number }
  | { readonly do: "put-policy" | "recreate-policy"; readonly in: string; readonly spec: number }
  | {
    readonly do: "delete-policy" | "strip" | "hold-policy" | "see" | "scribble" | "touch";
    readonly in: string;
  }
  | { readonly do: "cut"; readonly watch: Watched; readonly how: "ended" | "torn" | "broken" | "frozen" }
  | { readonly do: "mute" | "unmute" | "say"; readonly watch: Watched }
  | { readonly do: "repeat"; readonly watch: Watched; readonly which: number }
  | { readonly do: "compact" }
  | { readonly do: "hold"; readonly what: Hold }
  | { readonly do: "proceed"; readonly which: number }
  | { readonly do: "mishap"; readonly mishap: Exclude<Mishap, { what: "forestall" }> }
  | { readonly do: "forestall"; readonly in: string }
  | { readonly do: "advance"; readonly ms: number };

/** A world, and what happens in it. */
export interface Schedule extends WorldOptions {
  /** Whether there is something to look after when the operator starts. */
  readonly isPopulated: boolean;
  /** `rests`: whether all that takes no time is done before the next. */
  readonly steps: readonly (Action & { readonly rests: boolean })[];
}

/** The pods that a place may hold, one after the other. */
const PODS_AS: readonly ((pod: PodBuilder) => PodBuilder)[] = [
  (pod) => pod.container("app"),
  (pod) => pod.container("app", { image: "app:latest" }),
  (pod) => pod.container("app", { restarts: 4 }),
  (pod) => pod.container("app", { image: "host:5000/app" }).phase("Pending"),
  (pod) => pod.container("app", { image: "app:latest", restarts: 9 }).phase("Succeeded"),
];
/** The specs that a policy may have; the last two are none. */
const SPECS: readonly object[] = [
  { forbidLatestTag: true },
  { forbidLatestTag: true, maxRestartCount: 3, forbidPendingDuration: 105 },
  {},
  { forbidPendingDuration: 0, requireLivenessProbe: true },
  { maxRestartCount: "many" },
  { forbidLatestTag: 1 },
];

const watch = fc.constantFrom<Watched>("devopspolicies", "pods");
const podIndex = fc.nat(PODS.length - 1);
const as = fc.nat(PODS_AS.length - 1);
const within = fc.constantFrom(...NAMESPACES);
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
  action(5, "put-policy", { in: within, spec }),
  action(2, "delete-policy", { in: within }),
  action(2, "recreate-policy", { in: within, spec }),
  action(1, "strip", { in: within }),
  action(2, "hold-policy", { in: within }),
  action(1, "see", { in: within }),
  action(1, "scribble", { in: within }),
  action(1, "touch", { in: within }),
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
  action(2, "forestall", { in: within }),
  action(5, "advance", { ms: fc.constantFrom(50, 100, 1_000, 10_000, 31_000, 61_000) }),
);

/** Any schedule. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  hasWatchLists: fc.nat(3).map((n) => n > 0),
  isPopulated: fc.boolean(),
  steps: fc.array(
    fc.tuple(actions, fc.nat(3)).map(([action, n]) => ({ ...action, rests: n > 0 })),
    { minLength: 1, maxLength: 24, size: "max" },
  ),
});

/** Few enough to try all sequences of them, on what one namespace holds. */
export const ALPHABET: readonly Action[] = [
  { do: "put-pod", pod: 0, as: 2 },
  { do: "delete-pod", pod: 0, lingers: false },
  { do: "put-policy", in: "one", spec: 1 },
  { do: "delete-policy", in: "one" },
  { do: "recreate-policy", in: "one", spec: 0 },
  { do: "hold-policy", in: "one" },
  { do: "cut", watch: "pods", how: "ended" },
  { do: "mute", watch: "pods" },
  { do: "mute", watch: "devopspolicies" },
  { do: "compact" },
  { do: "hold", what: "answers" },
  { do: "mishap", mishap: { what: "lose-answer" } },
  { do: "forestall", in: "one" },
];

/** Lets one thing happen. */
export async function play(action: Action, { cluster, users, wire, clock, compact }: World): Promise<void> {
  switch (action.do) {
    case "put-pod":
      return await cluster.putPod(podAs(action));
    case "delete-pod":
      return await deletePod(action, cluster);
    case "recreate-pod":
      await deletePod({ pod: action.pod, lingers: false }, cluster);
      return await cluster.putPod(podAs(action));
    case "put-policy":
      return await users.put(action.in, SPECS[action.spec]!);
    case "recreate-policy":
      return await users.recreate(action.in, SPECS[action.spec]!);
    case "delete-policy":
      return await users.delete(action.in);
    case "strip":
      return await users.strip(action.in);
    case "hold-policy":
      return await users.hold(action.in);
    case "see":
      return await users.see(action.in);
    case "scribble":
      return await users.scribble(action.in);
    case "touch":
      return await users.touch(action.in);
    case "cut":
      return wire.cut(action.watch, action.how);
    case "mute":
      return wire.mute(action.watch);
    case "unmute":
      return wire.unmute(action.watch);
    case "say":
      return wire.say(action.watch);
    case "repeat":
      return wire.repeat(action.watch, action.which);
    case "compact":
      return compact();
    case "hold":
      wire.hold = action.what;
      return;
    case "proceed":
      return wire.proceed(action.which);
    case "mishap":
      return wire.mishap(action.mishap);
    case "forestall":
      return wire.mishap({ what: "forestall", act: () => users.touch(action.in) });
    case "advance":
      return await clock.advance(action.ms);
    default:
      action satisfies never;
  }
}

function podAs({ pod: index, as }: { readonly pod: number; readonly as: number }): PodBuilder {
  const { namespace, name } = PODS[index]!;
  return PODS_AS[as]!(pod(name).inNamespace(namespace));
}

async function deletePod(
  { pod, lingers }: { readonly pod: number; readonly lingers: boolean },
  cluster: World["cluster"],
): Promise<void> {
  const { namespace, name } = PODS[pod]!;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  if (await cluster.find(path) === undefined) return;
  await cluster.send("DELETE", path, lingers ? {} : { gracePeriodSeconds: 0 });
}
