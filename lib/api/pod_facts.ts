/** What the checks read of a pod: some 300 bytes that stand for its 7 kilobytes. */

/** How long a container lives: `sidecar` is an init container with `restartPolicy: Always`. */
export type ContainerKind = "regular" | "init" | "sidecar";

/** What the checks read of one container. */
export interface ContainerFacts {
  readonly name: string;
  readonly kind: ContainerKind;
  readonly image: string;
  readonly hasLivenessProbe: boolean;
  readonly hasReadinessProbe: boolean;
  /** Restarts so far, from the container's status; at least 0. */
  readonly restarts: number;
}

/** What the checks read of one pod. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`, or whatever a server sends. */
  readonly phase: string;
  /**
   * Whole seconds since 1970; undefined when the server sent no readable time. In milliseconds it would be an object of its
   * own in the memory of most pods.
   */
  readonly createdAtSeconds: number | undefined;
  /** Whether somebody has asked for its deletion. */
  readonly deleting: boolean;
  /** `Always`, `OnFailure` or `Never`. */
  readonly restartPolicy: string;
  /** Regular, init and sidecar containers; ephemeral ones are left out. */
  readonly containers: readonly ContainerFacts[];
  /** Why this pod cannot be evaluated; left out for a sound one. */
  readonly problem?: string;
}

/** Finds what is equal among what came before, so that 100,000 pods of one deployment hold its containers once. */
export interface Sharing {
  /** An equal text. */
  text(text: string): string;
  /** A list of equal containers. */
  containers(list: readonly ContainerFacts[]): readonly ContainerFacts[];
}

/** Whether both describe a pod that every check judges alike; the resource version does not matter. */
export function sameFacts(a: PodFacts, b: PodFacts): boolean {
  return a.phase === b.phase && a.deleting === b.deleting && a.restartPolicy === b.restartPolicy &&
    a.createdAtSeconds === b.createdAtSeconds && a.problem === b.problem &&
    sameContainers(a.containers, b.containers);
}

/** Whether both lists describe the same containers, in the same order. */
export function sameContainers(a: readonly ContainerFacts[], b: readonly ContainerFacts[]): boolean {
  return a === b ||
    (a.length === b.length && a.every((container, i) => sameContainer(container, b[i]!)));
}

/** Whether both describe the same container. */
export function sameContainer(a: ContainerFacts, b: ContainerFacts): boolean {
  return a.name === b.name && a.kind === b.kind && a.image === b.image && a.restarts === b.restarts &&
    a.hasLivenessProbe === b.hasLivenessProbe && a.hasReadinessProbe === b.hasReadinessProbe;
}
