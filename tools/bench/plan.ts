/** What the cluster of a benchmark holds: which pods there are, what is wrong with each, and what that adds up to. */

/** How large the cluster is. */
export interface Size {
  readonly pods: number;
  /** Each has one policy. */
  readonly namespaces: number;
}

/** What is wrong with one pod. */
export interface Faults {
  /** How many of its containers have an image without a pinned version. */
  readonly unpinned: number;
  /** How many lack a liveness probe, and how many a readiness probe. */
  readonly withoutLiveness: number;
  readonly withoutReadiness: number;
  /** Of its first container. */
  readonly restarts: number;
  readonly phase: "Running" | "Pending" | "Succeeded";
}

/** One pod of the plan. */
export interface PlannedPod {
  readonly index: number;
  readonly namespace: string;
  readonly name: string;
  /** 2 to 4. */
  readonly containers: number;
  readonly faults: Faults;
}

/** What the pods of a namespace add up to, figured without any of the code under test. */
export interface Totals {
  readonly pods: number;
  readonly violations: number;
  readonly penalty: number;
}

/** The spec of every policy: all checks on, and none that time alone turns into a violation while a benchmark runs. */
export const POLICY_SPEC = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 86_400,
};

/** The name of every policy. */
export const POLICY_NAME = "default-policy";

const SOUND: Faults = {
  unpinned: 0,
  withoutLiveness: 0,
  withoutReadiness: 0,
  restarts: 0,
  phase: "Running",
};

/** So many places in a row have these faults; all further ones have none. */
const SPREAD: readonly { readonly count: number; readonly faults: Partial<Faults> }[] = [
  { count: 8, faults: { unpinned: 1 } },
  { count: 9, faults: { withoutLiveness: 1 } },
  { count: 8, faults: { withoutReadiness: 1 } },
  { count: 3, faults: { restarts: 7 } },
  { count: 2, faults: { phase: "Pending" } },
  { count: 2, faults: { phase: "Succeeded", unpinned: 1 } },
];

/** One namespace in so many has never heard of any of this. */
const NEGLECTED_EVERY = 10;

/** Most pods have one container beside the one that they are for. */
const CONTAINER_COUNTS = [2, 3, 2, 4, 2];

/** Teams differ: over so many places, most of them without faults, the pods of a namespace are spread. */
const PLACES = [100, 200, 60, 40];
/** A prime, so that a walk in such steps meets every place. */
const STEP = 37;

/** The name of a namespace by its number. */
export function namespaceName(number: number): string {
  return `team-${String(number).padStart(5, "0")}`;
}

/** The name of a pod by its number. */
export function podName(number: number): string {
  return `checkout-7d9f8b6c5d-${String(number).padStart(6, "0")}`;
}

/** The pod by its number: pods are dealt out to the namespaces like cards. */
export function plannedPod(index: number, { namespaces }: Size): PlannedPod {
  const namespace = index % namespaces;
  const round = Math.floor(index / namespaces);
  const containers = CONTAINER_COUNTS[(index + round) % CONTAINER_COUNTS.length]!;
  return {
    index,
    namespace: namespaceName(namespace),
    name: podName(index),
    containers,
    faults: namespace % NEGLECTED_EVERY === NEGLECTED_EVERY - 1
      ? { ...SOUND, unpinned: containers, withoutLiveness: containers - 1, withoutReadiness: 1 }
      : { ...SOUND, ...faultsOf((round * STEP + namespace * 11) % PLACES[namespace % PLACES.length]!) },
  };
}

function faultsOf(place: number): Partial<Faults> {
  let end = 0;
  for (const { count, faults } of SPREAD) {
    end += count;
    if (place < end) return faults;
  }
  return {};
}

/** All pods. */
export function* plannedPods(size: Size): Generator<PlannedPod> {
  for (let index = 0; index < size.pods; index++) yield plannedPod(index, size);
}

/** What pods with these faults add up to under {@linkcode POLICY_SPEC}. */
export function totalsOf(pods: Iterable<Faults>): Totals {
  let total = { pods: 0, violations: 0, penalty: 0 };
  for (const faults of pods) total = add(total, faults, 1);
  return total;
}

/** `total` with one pod more (1) or less (-1). */
export function add(total: Totals, faults: Faults, sign: 1 | -1): Totals {
  const { unpinned, withoutLiveness, withoutReadiness, restarts, phase } = faults;
  if (phase === "Succeeded") return total;
  const restarting = restarts > POLICY_SPEC.maxRestartCount ? 1 : 0;
  const violations = unpinned + withoutLiveness + withoutReadiness + restarting;
  const penalty = 5 * unpinned + 3 * withoutLiveness + 2 * withoutReadiness +
    restarting * 6 * Math.min(restarts, 5);
  return {
    pods: total.pods + sign,
    violations: total.violations + sign * violations,
    penalty: total.penalty + sign * penalty,
  };
}

/** The score that a status must say. */
export function scoreOf({ pods, penalty }: Totals): number {
  return pods === 0 ? 100 : 100 - Math.min(100, Math.floor(penalty / pods));
}
