/** What can happen to an operator, one thing at a time: changes, faults of the network and of the server, and time. */

import { pod, type PodBuilder } from "../support/pod_builder.ts";
import type { Hold, Mishap, Watched } from "./wire.ts";
import { PODS, POLICIES, type World } from "./world.ts";

/** One thing that happens. `which` is any number, and chooses among what there is; pods and policies are told by their places. */
export type Action =
  | { readonly do: "put-pod"; readonly pod: number; readonly as: number }
  | { readonly do: "delete-pod"; readonly pod: number; readonly lingers: boolean }
  | { readonly do: "recreate-pod"; readonly pod: number; readonly as: number }
  | { readonly do: "put-policy" | "recreate-policy"; readonly policy: number; readonly spec: number }
  | {
    readonly do: "delete-policy" | "strip" | "hold-policy" | "see" | "scribble" | "touch" | "forestall";
    readonly policy: number;
  }
  | { readonly do: "cut"; readonly watch: Watched; readonly how: "ended" | "torn" | "broken" | "frozen" }
  | { readonly do: "mute" | "unmute" | "say"; readonly watch: Watched }
  | { readonly do: "repeat"; readonly watch: Watched; readonly which: number }
  | { readonly do: "compact" }
  | { readonly do: "hold"; readonly what: Hold }
  | { readonly do: "proceed"; readonly which: number }
  | { readonly do: "mishap"; readonly mishap: Exclude<Mishap, { what: "forestall" }> }
  | { readonly do: "advance"; readonly ms: number };

/** The pods that a place may hold, one after the other. */
export const PODS_AS: readonly ((pod: PodBuilder) => PodBuilder)[] = [
  (pod) => pod.container("app"),
  (pod) => pod.container("app", { image: "app:latest" }),
  (pod) => pod.container("app", { restarts: 4 }),
  (pod) => pod.container("app", { image: "host:5000/app" }).phase("Pending"),
  (pod) => pod.container("app", { image: "app:latest", restarts: 9 }).phase("Succeeded"),
];
/** The specs that a policy may have; the last two are none. */
export const SPECS: readonly object[] = [
  { forbidLatestTag: true },
  { forbidLatestTag: true, maxRestartCount: 3, forbidPendingDuration: 105 },
  {},
  { forbidPendingDuration: 0, requireLivenessProbe: true },
  { maxRestartCount: "many" },
  { forbidLatestTag: 1 },
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
      return await users.put(POLICIES[action.policy]!, SPECS[action.spec]!);
    case "recreate-policy":
      return await users.recreate(POLICIES[action.policy]!, SPECS[action.spec]!);
    case "delete-policy":
      return await users.delete(POLICIES[action.policy]!);
    case "strip":
      return await users.strip(POLICIES[action.policy]!);
    case "hold-policy":
      return await users.hold(POLICIES[action.policy]!);
    case "see":
      return await users.see(POLICIES[action.policy]!);
    case "scribble":
      return await users.scribble(POLICIES[action.policy]!);
    case "touch":
      return await users.touch(POLICIES[action.policy]!);
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
      return wire.mishap({ what: "forestall", act: () => users.touch(POLICIES[action.policy]!) });
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
