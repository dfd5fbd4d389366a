/** Evaluation of one pod, with a policy and without; whether its namespace is a system one is for the caller to ask. */

import type { PodFacts } from "../api/pod_facts.ts";
import { CHECKS } from "./checks/mod.ts";
import { evaluate, type PodMetrics } from "./evaluate.ts";
import type { Finding } from "./findings.ts";
import type { PolicySpec } from "./spec.ts";

/** Every check on, with the settings that evaluation without a policy uses. */
const WITHOUT_POLICY: PolicySpec = Object.fromEntries(
  CHECKS.map(({ field, withoutPolicy }) => [field, withoutPolicy]),
);

/** What one pod adds to the metrics of its namespace under `spec`, as of `now` (milliseconds since 1970). */
export function evaluatePod(pod: PodFacts, spec: PolicySpec, now: number): PodMetrics {
  const { pods, violations, penalty, byCheck } = evaluate([pod], spec, now);
  return { pods, violations, penalty, byCheck };
}

/** The same with every check on: more than 3 restarts count, and a Pending pod counts at once. */
export function evaluatePodWithoutPolicy(pod: PodFacts): PodMetrics {
  return evaluatePod(pod, WITHOUT_POLICY, Infinity);
}

/** What is wrong with one pod under `spec`, as of `now` (milliseconds since 1970), worst first. */
export function detectViolations(pod: PodFacts, spec: PolicySpec, now: number): readonly Finding[] {
  return evaluate([pod], spec, now).findings;
}

/** The same with every check on: more than 3 restarts count, and a Pending pod counts at once. */
export function detectViolationsWithoutPolicy(pod: PodFacts): readonly Finding[] {
  return detectViolations(pod, WITHOUT_POLICY, Infinity);
}
