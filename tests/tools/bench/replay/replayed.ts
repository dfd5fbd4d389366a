/** A small replay, made of even fewer recorded pods. */

import { namespaceName } from "../../../../tools/bench/plan.ts";
import { ReplayedPods } from "../../../../tools/bench/replay/pods.ts";
import { ReplayedPolicies } from "../../../../tools/bench/replay/policies.ts";
import { recordedFaults, recordingSize } from "../../../../tools/bench/replay/recording.ts";
import { Versions } from "../../../../tools/bench/replay/versions.ts";

/** What is replayed, and of what. */
export const SIZE = { pods: 300, namespaces: 10 };
export const RECORDED = recordingSize({ pods: 97, namespaces: 7 });

/** Its parts, which share their versions. */
export function replayed() {
  const versions = new Versions();
  const pods = new ReplayedPods(SIZE, recordedFaults(RECORDED), versions);
  const policies = new ReplayedPolicies(SIZE, versions);
  return { versions, pods, policies, namespaces: Array.from({ length: 10 }, (_, i) => namespaceName(i)) };
}
