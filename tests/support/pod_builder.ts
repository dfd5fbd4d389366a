/** Builds pods for tests by chaining: the same pod comes out as facts and in the JSON form of the API. */

import type { ContainerFacts, ContainerKind, PodFacts } from "../../lib/api/pod_facts.ts";

/** When a pod was created unless a test says otherwise: 2026-02-22T10:00:00Z, in milliseconds since 1970. */
export const CREATED = Date.UTC(2026, 1, 22, 10);

/** What a test says about a container; whatever it leaves out breaks no check. */
export interface ContainerOptions {
  image?: string;
  liveness?: boolean;
  readiness?: boolean;
  restarts?: number;
}

interface BuiltContainer extends Required<ContainerOptions> {
  readonly name: string;
  readonly kind: ContainerKind | "ephemeral";
}

interface State extends Omit<PodFacts, "createdAtSeconds" | "containers" | "problem"> {
  /** Milliseconds since 1970; `NaN` for no time at all. */
  readonly createdAt: number;
  readonly containers: readonly BuiltContainer[];
}

/** A running pod with no containers, in the namespace `production`, created at {@linkcode CREATED}. */
export function pod(name: string): PodBuilder {
  return new PodBuilder({
    namespace: "production",
    name,
    resourceVersion: "1",
    phase: "Running",
    createdAt: CREATED,
    deleting: false,
    restartPolicy: "Always",
    containers: [],
  });
}

/** Every call answers a new builder, so that a test may branch off a common one. */
export class PodBuilder {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  inNamespace(namespace: string): PodBuilder {
    return this.#with({ namespace });
  }

  resourceVersion(resourceVersion: string): PodBuilder {
    return this.#with({ resourceVersion });
  }

  phase(phase: string): PodBuilder {
    return this.#with({ phase });
  }

  /** Milliseconds since 1970, of which facts hold whole seconds; `NaN` leaves the creation time out. */
  createdAt(createdAt: number): PodBuilder {
    return this.#with({ createdAt });
  }

  /** Pending, and created at `ms`. */
  pendingSince(ms: number): PodBuilder {
    return this.phase("Pending").createdAt(ms);
  }

  deleting(): PodBuilder {
    return this.#with({ deleting: true });
  }

  restartPolicy(restartPolicy: string): PodBuilder {
    return this.#with({ restartPolicy });
  }

  container(name: string, options?: ContainerOptions): PodBuilder {
    return this.#add("regular", name, options);
  }

  init(name: string, options?: ContainerOptions): PodBuilder {
    return this.#add("init", name, options);
  }

  sidecar(name: string, options?: ContainerOptions): PodBuilder {
    return this.#add("sidecar", name, options);
  }

  ephemeral(name: string, options?: ContainerOptions): PodBuilder {
    return this.#add("ephemeral", name, options);
  }

  /** What the checks read: init containers and sidecars first, ephemeral ones left out. */
  facts(): PodFacts {
    const { createdAt, containers: _, ...same } = this.#state;
    const containers = [...this.#of("init", "sidecar"), ...this.#of("regular")].map(toContainerFacts);
    const createdAtSeconds = Number.isNaN(createdAt) ? undefined : Math.floor(createdAt / 1000);
    return { ...same, createdAtSeconds, containers };
  }

  /** The pod as an API server answers it. */
  json() {
    const { namespace, name, resourceVersion, phase, createdAt, deleting, restartPolicy } = this.#state;
    const created = Number.isNaN(createdAt) ? undefined : toApiTime(createdAt);
    const [inits, regulars, ephemerals] = [
      this.#of("init", "sidecar"),
      this.#of("regular"),
      this.#of("ephemeral"),
    ];
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        namespace,
        name,
        uid: `uid-of-${name}`,
        resourceVersion,
        ...(created !== undefined && { creationTimestamp: created }),
        ...(deleting && { deletionTimestamp: toApiTime(CREATED), deletionGracePeriodSeconds: 30 }),
      },
      spec: {
        restartPolicy,
        containers: regulars.map(toContainerJson),
        ...(inits.length > 0 && { initContainers: inits.map(toContainerJson) }),
        ...(ephemerals.length > 0 && { ephemeralContainers: ephemerals.map(toContainerJson) }),
      },
      status: {
        phase,
        containerStatuses: regulars.map(toStatusJson),
        ...(inits.length > 0 && { initContainerStatuses: inits.map(toStatusJson) }),
        ...(ephemerals.length > 0 && { ephemeralContainerStatuses: ephemerals.map(toStatusJson) }),
      },
    };
  }

  #with(change: Partial<State>): PodBuilder {
    return new PodBuilder({ ...this.#state, ...change });
  }

  #add(kind: BuiltContainer["kind"], name: string, options: ContainerOptions = {}): PodBuilder {
    const sound = { image: "registry.example/app:1.0", liveness: true, readiness: true, restarts: 0 };
    return this.#with({ containers: [...this.#state.containers, { ...sound, ...options, name, kind }] });
  }

  #of(...kinds: BuiltContainer["kind"][]): BuiltContainer[] {
    return this.#state.containers.filter(({ kind }) => kinds.includes(kind));
  }
}

function toContainerFacts(
  { name, kind, image, liveness, readiness, restarts }: BuiltContainer,
): ContainerFacts {
  if (kind === "ephemeral") throw new Error("ephemeral containers have no facts");
  return { name, kind, image, hasLivenessProbe: liveness, hasReadinessProbe: readiness, restarts };
}

function toContainerJson({ name, kind, image, liveness, readiness }: BuiltContainer) {
  return {
    name,
    image,
    ...(kind === "sidecar" && { restartPolicy: "Always" }),
    ...(liveness && { livenessProbe: { httpGet: { path: "/healthz", port: 8080 } } }),
    ...(readiness && { readinessProbe: { tcpSocket: { port: 8080 } } }),
  };
}

function toStatusJson({ name, image, restarts }: BuiltContainer) {
  return { name, image, imageID: "", ready: true, restartCount: restarts };
}

function toApiTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
