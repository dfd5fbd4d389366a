/** Where probes make sense: containers that are meant to run for ever, in pods that are. */

import type { ContainerFacts, PodFacts } from "../../api/pod_facts.ts";

/** Whether the pod is a service, not a job: the kubelet restarts it whatever its exit code. */
export function servesForEver(pod: PodFacts): boolean {
  return pod.restartPolicy === "Always";
}

/** Whether the container lives as long as its pod; a plain init container ends. */
export function runsForEver(container: ContainerFacts): boolean {
  return container.kind !== "init";
}
