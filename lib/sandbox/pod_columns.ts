/** The columns of `kubectl get pods`: how many containers are ready, and in one word what holds the pod up. */

import { AGE_COLUMN, ageOf, type Column, count, NAME_COLUMN } from "./columns.ts";
import { field, type Json, list, text } from "./json.ts";

/** The columns of pods. */
export const POD_COLUMNS: readonly Column[] = [
  NAME_COLUMN,
  {
    name: "Ready",
    type: "string",
    description: "How many of the containers are ready.",
    cell: (pod) => {
      const ready = count(pod, ["status", "containerStatuses"], isReady);
      return `${ready}/${list(pod, "spec", "containers").length}`;
    },
  },
  { name: "Status", type: "string", description: "The state of the pod in one word.", cell: statusOf },
  {
    name: "Restarts",
    type: "string",
    description: "How often containers were restarted, and how long ago the last time was.",
    cell: restartsOf,
  },
  AGE_COLUMN,
  {
    name: "IP",
    type: "string",
    description: "The address of the pod.",
    priority: 1,
    cell: (pod) => text(pod, "status", "podIP") || "<none>",
  },
  {
    name: "Node",
    type: "string",
    description: "The node that the pod runs on.",
    priority: 1,
    cell: (pod) => text(pod, "spec", "nodeName") || "<none>",
  },
  {
    name: "Nominated Node",
    type: "string",
    description: "The node that the pod may run on once others have made room.",
    priority: 1,
    cell: (pod) => text(pod, "status", "nominatedNodeName") || "<none>",
  },
  {
    name: "Readiness Gates",
    type: "string",
    description: "How many of the further conditions of readiness are met.",
    priority: 1,
    cell: (pod) => {
      const gates = list(pod, "spec", "readinessGates").map((gate) => text(gate, "conditionType"));
      if (gates.length === 0) return "<none>";
      const isMet = (condition: Json) =>
        gates.includes(text(condition, "type")) && text(condition, "status") === "True";
      return `${count(pod, ["status", "conditions"], isMet)}/${gates.length}`;
    },
  },
];

function isReady(status: Json): boolean {
  return field(status, "ready") === true && field(status, "state", "running") !== undefined;
}

function statusOf(pod: Json): string {
  if (text(pod, "metadata", "deletionTimestamp") !== "") return "Terminating";
  const inits = list(pod, "status", "initContainerStatuses");
  const busy = inits.findIndex((status) => field(status, "state", "terminated", "exitCode") !== 0);
  const isStarting = text(pod, "status", "phase") === "Pending";
  if (isStarting && busy >= 0) {
    const why = reasonOf(inits[busy]!);
    return why === "" || why === "PodInitializing" ? `Init:${busy}/${inits.length}` : `Init:${why}`;
  }
  const reasons = list(pod, "status", "containerStatuses").map(reasonOf).filter((reason) => reason !== "");
  return reasons[0] ?? (text(pod, "status", "reason") || text(pod, "status", "phase") || "Unknown");
}

/** Why a container waits or has ended; empty for one that runs. */
function reasonOf(status: Json): string {
  const waiting = text(status, "state", "waiting", "reason");
  if (waiting !== "") return waiting;
  const ended = field(status, "state", "terminated");
  if (ended === undefined) return "";
  return text(ended, "reason") || `ExitCode:${field(ended, "exitCode") ?? 0}`;
}

function restartsOf(pod: Json, now: number): string {
  const statuses = [
    ...list(pod, "status", "initContainerStatuses"),
    ...list(pod, "status", "containerStatuses"),
  ];
  const restarts = statuses.reduce<number>(
    (sum, status) => sum + Number(field(status, "restartCount") ?? 0),
    0,
  );
  const last =
    statuses.map((status) => text(status, "lastState", "terminated", "finishedAt")).sort().at(-1) ?? "";
  return restarts > 0 && last !== "" ? `${restarts} (${ageOf(last, now)} ago)` : `${restarts}`;
}
