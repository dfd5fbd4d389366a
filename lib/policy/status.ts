/** The status of a policy: computed from an outcome, written only when it says something new or is due. */

import { toTimestamp } from "../api/clock.ts";
import type { DevOpsPolicy } from "../api/devops_policy.ts";
import { sameJson } from "../api/json.ts";
import { acceptor } from "./acceptor.ts";
import { isOwnCondition, nextConditions, type Verdict } from "./conditions.ts";
import type { Evaluation } from "./evaluate.ts";
import { classify, healthScore, HEALTHY_SCORE } from "./score.ts";
import { type PolicyStatus, PolicyStatusSchema } from "./status_schema.ts";

const STATUS_FIELDS = Object.keys(PolicyStatusSchema.properties);
const acceptsStatus = acceptor(PolicyStatusSchema);

/** What an attempt to evaluate a policy came to. */
export type Outcome =
  | { readonly kind: "evaluated"; readonly evaluation: Evaluation }
  | { readonly kind: "system-namespace"; readonly evaluation: Evaluation }
  | Exclude<Verdict, { kind: "evaluated" } | { kind: "system-namespace" }>;

/** When, and of which generation of the policy, an outcome is true. */
export interface Moment {
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The result in one line; the shape is the original's, the plural included. */
export function statusMessage(
  { violations, pods }: { violations: number; pods: number },
  score: number,
): string {
  return `${violations} violations across ${pods} pods — ${classify(score)} (${score})`;
}

/**
 * The status that `outcome` gives to a policy whose status is `previous`.
 *
 * While a policy cannot be evaluated, its figures keep their last values and the conditions say why and since when.
 */
export function nextStatus(
  previous: PolicyStatus,
  outcome: Outcome,
  { generation, now }: Moment,
): PolicyStatus {
  const before = previous.conditions ?? [];
  // One text for all that is true since now.
  const moment = { generation, at: toTimestamp(now) };
  if (outcome.kind !== "evaluated" && outcome.kind !== "system-namespace") {
    return {
      ...previous,
      observedGeneration: generation,
      conditions: nextConditions(before, outcome, moment),
    };
  }
  const { violations, pods, findings } = outcome.evaluation;
  const score = healthScore(outcome.evaluation);
  return {
    observedGeneration: generation,
    healthy: score >= HEALTHY_SCORE,
    healthScore: score,
    classification: classify(score),
    violations,
    pods,
    findings: [...findings],
    message: statusMessage(outcome.evaluation, score),
    lastEvaluated: moment.at,
    conditions: nextConditions(before, { kind: outcome.kind, violations, pods }, moment),
  };
}

/** Why a status wants to be written: it says something new, or only its heartbeat has become old. */
export type WriteReason = "changed" | "refresh";

/** Whether `next` should replace `previous`, and why; undefined when the stored one is as good. */
export function writeReason(
  previous: PolicyStatus,
  next: PolicyStatus,
  { now, refreshAfterMs }: { now: number; refreshAfterMs: number },
): WriteReason | undefined {
  const { lastEvaluated: was, ...before } = previous;
  const { lastEvaluated: is, ...after } = next;
  if (!sameJson(before, after)) return "changed";
  if (is === undefined || is === was) return undefined;
  const age = now - Date.parse(was ?? "");
  // A heartbeat from the future (a clock was wrong) or an unreadable one is as stale as an old one.
  return age >= 0 && age < refreshAfterMs ? undefined : "refresh";
}

/** Whether two statuses agree in all that is ours to say, which the conditions of others are not. */
export function sayTheSame(one: PolicyStatus, other: PolicyStatus): boolean {
  const [a, b] = [one, other].map((status) => ({
    ...status,
    conditions: (status.conditions ?? []).filter(isOwnCondition),
  }));
  return sameJson(a, b);
}

/** `policy` with `status` in place of an equal one, so that whoever keeps both holds what they say, names and all, once. */
export function holdOnce(policy: DevOpsPolicy, status: PolicyStatus): DevOpsPolicy {
  return sameJson(policy.status, status) ? { ...policy, status } : policy;
}

/** The stored status, where it is one: null is as good as nothing, and what the schema refuses as no status at all. */
export function parseStatus(status: unknown): PolicyStatus {
  if (typeof status !== "object" || status === null) return {};
  const present: Record<string, unknown> = {};
  for (const field of STATUS_FIELDS) {
    const value: unknown = Reflect.get(status, field);
    if (value != null) present[field] = value;
  }
  return acceptsStatus(present) ? present : {};
}
