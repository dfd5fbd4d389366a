/**
 * What the status of a policy has to be, computed from the API server's own objects as the design's third chapter has it.
 * Shares no code with the operator: where both agree, neither has made the other's mistake.
 */

import type { KubeObject } from "../cluster/fixtures.ts";

/** The parts of a status that follow from the objects alone. */
export interface Truth {
  readonly observedGeneration: number;
  readonly healthy: boolean;
  readonly healthScore: number;
  readonly classification: string;
  readonly violations: number;
  readonly pods: number;
  readonly message: string;
  /** Each as `pod/container check`, in their order. */
  readonly findings: readonly string[];
  readonly ready: string;
  readonly compliant: string;
}

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly restartPolicy?: string;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
}

interface Violation {
  readonly pod: string;
  readonly container: string;
  readonly check: string;
  readonly weight: number;
}

const ORDER = ["latest_tag", "missing_liveness", "missing_readiness", "high_restarts", "pending"];
const FINISHED = ["Succeeded", "Failed"];

/** The status of `policy` over `pods`, those of its namespace, as of `now` (milliseconds since 1970). */
export function truthOf(policy: KubeObject, pods: readonly KubeObject[], now: number): Truth {
  const counted = pods.filter((pod) =>
    pod.metadata["deletionTimestamp"] === undefined && !FINISHED.includes(String(pod.status?.["phase"]))
  );
  const found = counted.flatMap((pod) => violationsOf(pod, policy.spec ?? {}, now));
  const weights = found.reduce((sum, { weight }) => sum + weight, 0);
  const score = counted.length === 0 ? 100 : 100 - Math.min(100, Math.floor(weights / counted.length));
  const classification = score >= 80
    ? "Healthy"
    : score >= 60
    ? "Stable"
    : score >= 40
    ? "Degraded"
    : "Critical";
  return {
    observedGeneration: Number(policy.metadata["generation"]),
    healthy: score >= 80,
    healthScore: score,
    classification,
    violations: found.length,
    pods: counted.length,
    message: `${found.length} violations across ${counted.length} pods — ${classification} (${score})`,
    findings: found.sort(worstFirst).slice(0, 20).map(({ pod, container, check }) =>
      `${pod}/${container} ${check}`
    ),
    ready: "True/Evaluated",
    compliant: counted.length === 0
      ? "Unknown/NoPods"
      : found.length === 0
      ? "True/NoViolations"
      : "False/ViolationsFound",
  };
}

/** The same parts of the status that the API server holds. */
export function toldBy({ status = {} }: KubeObject): Partial<Truth> {
  const { observedGeneration, healthy, healthScore, classification, violations, pods, message } = status as
    & Truth
    & Record<string, unknown>;
  const findings = (status["findings"] ?? []) as { pod: string; container?: string; check: string }[];
  return {
    observedGeneration,
    healthy,
    healthScore,
    classification,
    violations,
    pods,
    message,
    findings: findings.map(({ pod, container = "", check }) => `${pod}/${container} ${check}`),
    ready: conditionOf(status, "Ready"),
    compliant: conditionOf(status, "Compliant"),
  };
}

/** A condition of a status, as `True/Evaluated`. */
export function conditionOf(status: Record<string, unknown>, type: string): string {
  const conditions = (status["conditions"] ?? []) as { type: string; status: string; reason: string }[];
  const found = conditions.find((condition) => condition.type === type);
  return found === undefined ? "none" : `${found.status}/${found.reason}`;
}

function violationsOf(pod: KubeObject, spec: Record<string, unknown>, now: number): Violation[] {
  const { name, creationTimestamp } = pod.metadata;
  const { containers, initContainers, restartPolicy } = (pod.spec ?? {}) as Record<string, unknown>;
  const status = pod.status ?? {};
  const found: Violation[] = [];
  const add = (container: string, check: string, weight: number) =>
    found.push({ pod: name, container, check, weight });

  const all = [
    ...list(initContainers).map((container) => ({ container, statuses: status["initContainerStatuses"] })),
    ...list(containers).map((container) => ({ container, statuses: status["containerStatuses"] })),
  ];
  const isService = (restartPolicy ?? "Always") === "Always";
  for (const { container, statuses } of all) {
    const own = container.name ?? "";
    const ends = list(initContainers).includes(container) && container.restartPolicy !== "Always";
    if (spec["forbidLatestTag"] === true && isLatest(container.image ?? "")) add(own, "latest_tag", 5);
    if (isService && !ends) {
      if (spec["requireLivenessProbe"] === true && container.livenessProbe == null) {
        add(own, "missing_liveness", 3);
      }
      if (spec["requireReadinessProbe"] === true && container.readinessProbe == null) {
        add(own, "missing_readiness", 2);
      }
    }
    const allowed = spec["maxRestartCount"];
    const counted = (statuses as { name: string; restartCount: number }[] | undefined)?.find(({ name }) =>
      name === own
    );
    const restarts = counted?.restartCount ?? 0;
    if (typeof allowed === "number" && restarts > allowed) {
      add(own, "high_restarts", 6 * Math.min(restarts, 5));
    }
  }
  const patience = spec["forbidPendingDuration"];
  if (typeof patience === "number" && status["phase"] === "Pending") {
    if (now - Date.parse(String(creationTimestamp)) > patience * 1000) add("", "pending", 4);
  }
  return found;
}

/** Neither a digest nor a tag, or the tag itself; a colon before the last slash is a registry's port. */
function isLatest(image: string): boolean {
  if (/@/.test(image)) return false;
  const tag = /:([^:/]*)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest";
}

function worstFirst(a: Violation, b: Violation): number {
  const byText = (x: string, y: string) => x === y ? 0 : x < y ? -1 : 1;
  return b.weight - a.weight || ORDER.indexOf(a.check) - ORDER.indexOf(b.check) || byText(a.pod, b.pod) ||
    byText(a.container, b.container);
}

function list(value: unknown): readonly Container[] {
  return (value ?? []) as readonly Container[];
}
