/**
 * What the status of a policy has to be, computed from the API server's own objects as the design's third chapter has it.
 * Shares no code with the operator: where both agree, neither has made the other's mistake.
 */

import assert from "node:assert/strict";
import { fieldsOf, type Shown, violationsOf, worstFirst } from "./violations.ts";

/** The parts of a status that follow from the pods. */
export interface Figures {
  readonly healthy: boolean;
  readonly healthScore: number;
  readonly classification: string;
  readonly violations: number;
  readonly pods: number;
  readonly message: string;
  /** Each as `pod/container check`, in their order. */
  readonly findings: readonly string[];
}

/** What must be true of a status. */
export interface Truth {
  readonly observedGeneration: number;
  /** As `True/Evaluated`. */
  readonly ready: string;
  readonly compliant: string;
  /** Undefined where the spec is none: then the last ones stay. */
  readonly figures: Figures | undefined;
}

const FINISHED = ["Succeeded", "Failed"];
/** How many findings a status names. */
const NAMED = 20;

/** Asserts that `policy` says what is true of `pods`, those of its namespace, as of `now` (milliseconds since 1970). */
export function assertTrue(policy: Shown, pods: readonly Shown[], now: number): void {
  const truth = truthOf(policy, pods, now);
  const told = toldBy(policy);
  assert.deepEqual({ ...told, figures: truth.figures && told.figures }, truth);
}

/** What must be true of `policy` over `pods`, those of its namespace, as of `now` (milliseconds since 1970). */
export function truthOf({ metadata, spec }: Shown, pods: readonly Shown[], now: number): Truth {
  const observedGeneration = Number(metadata.generation);
  if (!isSpec(spec)) {
    return {
      observedGeneration,
      ready: "False/InvalidSpec",
      compliant: "Unknown/InvalidSpec",
      figures: undefined,
    };
  }
  const counted = pods.filter((pod) =>
    pod.metadata.deletionTimestamp === undefined && !FINISHED.includes(String(fieldsOf(pod.status)["phase"]))
  );
  const found = counted.flatMap((pod) => violationsOf(pod, fieldsOf(spec), now));
  const weights = found.reduce((sum, { weight }) => sum + weight, 0);
  const score = counted.length === 0 ? 100 : 100 - Math.min(100, Math.floor(weights / counted.length));
  const classification = score >= 80
    ? "Healthy"
    : score >= 60
    ? "Stable"
    : score >= 40
    ? "Degraded"
    : "Critical";
  const compliant = counted.length === 0
    ? "Unknown/NoPods"
    : found.length === 0
    ? "True/NoViolations"
    : "False/ViolationsFound";
  return {
    observedGeneration,
    ready: "True/Evaluated",
    compliant,
    figures: {
      healthy: score >= 80,
      healthScore: score,
      classification,
      violations: found.length,
      pods: counted.length,
      message: `${found.length} violations across ${counted.length} pods — ${classification} (${score})`,
      findings: found.sort(worstFirst).slice(0, NAMED).map(({ pod, container, check }) =>
        `${pod}/${container} ${check}`
      ),
    },
  };
}

/** A condition of a status, as `True/Evaluated`. */
export function conditionOf(status: unknown, type: string): string {
  const conditions = (fieldsOf(status)["conditions"] ?? []) as {
    type: string;
    status: string;
    reason: string;
  }[];
  const found = conditions.find((condition) => condition.type === type);
  return found === undefined ? "none" : `${found.status}/${found.reason}`;
}

/** Whether each field is of its type, or left out: what a definition that is too lax lets in may be none. */
export function isSpec(spec: unknown): boolean {
  const fields = fieldsOf(spec);
  const is = (type: string, field: string) =>
    [type, "undefined"].includes(typeof (fields[field] ?? undefined));
  return ["forbidLatestTag", "requireLivenessProbe", "requireReadinessProbe"].every((field) =>
    is("boolean", field)
  ) && ["maxRestartCount", "forbidPendingDuration"].every((field) => is("number", field));
}

/** What the API server's status says. */
function toldBy({ status }: Shown): Truth {
  const { observedGeneration, healthy, healthScore, classification, violations, pods, message, findings } =
    fieldsOf(status) as unknown as Figures & Truth;
  const named = (findings ?? []) as unknown as { pod: string; container?: string; check: string }[];
  return {
    observedGeneration,
    ready: conditionOf(status, "Ready"),
    compliant: conditionOf(status, "Compliant"),
    figures: {
      healthy,
      healthScore,
      classification,
      violations,
      pods,
      message,
      findings: named.map(({ pod, container = "", check }) => `${pod}/${container} ${check}`),
    },
  };
}
