/** Reads a pod in its JSON form into facts; total: whatever comes in, it answers and never throws. */

import type { ContainerFacts, ContainerKind, PodFacts, Sharing } from "./pod_facts.ts";

type Json = Record<string, unknown>;

/** The largest value of the API's int32, at which a lying restart count is clamped. */
const MAX_RESTARTS = 2_147_483_647;

const NOT_SHARED: Sharing = { text: (text) => text, containers: (list) => list };

/** The facts of a pod as `JSON.parse` gives it; undefined when it has no name or namespace to keep it under. */
export function toPodFacts(pod: unknown, share: Sharing = NOT_SHARED): PodFacts | undefined {
  const metadata = object(object(pod).metadata);
  const { name, namespace } = metadata;
  if (typeof name !== "string" || typeof namespace !== "string" || name === "" || namespace === "") {
    return undefined;
  }
  const spec = object(object(pod).spec);
  const status = object(object(pod).status);
  const problem = problemOf(object(pod).spec);
  const facts: PodFacts = {
    namespace: share.text(namespace),
    name,
    resourceVersion: text(metadata.resourceVersion),
    phase: share.text(text(status.phase)),
    createdAtSeconds: toSeconds(Date.parse(text(metadata.creationTimestamp))),
    deleting: typeof metadata.deletionTimestamp === "string",
    restartPolicy: share.text(text(spec.restartPolicy) || "Always"),
    containers: problem === undefined ? share.containers(containersOf(spec, status, share)) : [],
  };
  // Not within the braces, which would make room for it in every pod.
  return problem === undefined ? facts : { ...facts, problem };
}

function toSeconds(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

function problemOf(spec: unknown): string | undefined {
  if (!isObject(spec)) return "it has no spec";
  // Null is how API servers write an empty list.
  return Array.isArray(spec.containers ?? []) ? undefined : "spec.containers is not a list";
}

function containersOf(spec: Json, status: Json, share: Sharing): ContainerFacts[] {
  const toFacts = (value: unknown, kind: ContainerKind, restarts: ReadonlyMap<string, number>) => {
    const container = object(value);
    const name = share.text(text(container.name));
    return {
      name,
      kind,
      image: share.text(text(container.image)),
      hasLivenessProbe: isObject(container.livenessProbe),
      hasReadinessProbe: isObject(container.readinessProbe),
      restarts: restarts.get(name) ?? 0,
    };
  };
  const restarts = restartsOf(status.containerStatuses);
  const initRestarts = restartsOf(status.initContainerStatuses);
  const init = list(spec.initContainers).map((value) =>
    toFacts(value, object(value).restartPolicy === "Always" ? "sidecar" : "init", initRestarts)
  );
  // Not by spreading, which leaves room for more behind the last one.
  return init.concat(list(spec.containers).map((value) => toFacts(value, "regular", restarts)));
}

function restartsOf(statuses: unknown): ReadonlyMap<string, number> {
  return new Map(
    list(statuses).map((status) =>
      [text(object(status).name), toRestarts(object(status).restartCount)] as const
    ),
  );
}

function toRestarts(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.min(Math.trunc(value), MAX_RESTARTS) : 0;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
