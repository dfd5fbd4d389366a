/** Reads a pod in its JSON form into facts; total: whatever comes in, it answers and never throws. */

import type { ContainerFacts, ContainerKind, PodFacts } from "./pod_facts.ts";

type Json = Record<string, unknown>;

/** The largest value of the API's int32, at which a lying restart count is clamped. */
const MAX_RESTARTS = 2_147_483_647;

/**
 * The facts of a pod as `JSON.parse` gives it; undefined when it has no name or namespace to keep it under.
 *
 * @param share maps equal strings to one copy, so that 100,000 pods of one image hold its name once
 */
export function toPodFacts(
  pod: unknown,
  share: (text: string) => string = (text) => text,
): PodFacts | undefined {
  const metadata = object(object(pod).metadata);
  const { name, namespace } = metadata;
  if (typeof name !== "string" || typeof namespace !== "string" || name === "" || namespace === "") {
    return undefined;
  }
  const spec = object(object(pod).spec);
  const status = object(object(pod).status);
  const sound = Array.isArray(spec.containers);
  return {
    namespace: share(namespace),
    name,
    resourceVersion: text(metadata.resourceVersion),
    phase: share(text(status.phase)),
    createdAt: Date.parse(text(metadata.creationTimestamp)),
    deleting: typeof metadata.deletionTimestamp === "string",
    restartPolicy: share(text(spec.restartPolicy) || "Always"),
    containers: sound ? containersOf(spec, status, share) : [],
    problem: sound ? undefined : "spec.containers is not a list",
  };
}

function containersOf(spec: Json, status: Json, share: (text: string) => string): ContainerFacts[] {
  const restarts = new Map<string, number>();
  for (const entry of [...list(status.initContainerStatuses), ...list(status.containerStatuses)]) {
    restarts.set(text(object(entry).name), toRestarts(object(entry).restartCount));
  }
  const toFacts = (value: unknown, kind: ContainerKind): ContainerFacts => {
    const container = object(value);
    const name = share(text(container.name));
    return {
      name,
      kind,
      image: share(text(container.image)),
      hasLivenessProbe: isObject(container.livenessProbe),
      hasReadinessProbe: isObject(container.readinessProbe),
      restarts: restarts.get(name) ?? 0,
    };
  };
  return [
    ...list(spec.initContainers).map((value) =>
      toFacts(value, object(value).restartPolicy === "Always" ? "sidecar" : "init")
    ),
    ...list(spec.containers).map((value) => toFacts(value, "regular")),
  ];
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
