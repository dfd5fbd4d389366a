/** Conditions of a policy: how one outcome reads as Ready and Compliant, and how it joins those already there. */

import type { Condition, ConditionStatus } from "../api/condition.ts";

/** What became of one attempt to evaluate a policy. */
export type Verdict =
  | { readonly kind: "evaluated"; readonly violations: number; readonly pods: number }
  | { readonly kind: "system-namespace" }
  | { readonly kind: "invalid-spec"; readonly why: string }
  | { readonly kind: "evaluation-failed"; readonly why: string }
  | { readonly kind: "pods-unavailable"; readonly why: string };

type Claim = Pick<Condition, "type" | "status" | "reason" | "message">;

/**
 * The conditions after `verdict`: ours replaced, those of others kept as they are, each in its old place.
 *
 * `lastTransitionTime` moves only when `status` does.
 */
export function nextConditions(
  previous: readonly Condition[],
  verdict: Verdict,
  { generation, at }: { readonly generation: number; readonly at: string },
): Condition[] {
  const claims = new Map(claimsOf(verdict).map((claim) => [claim.type, claim]));
  // Field by field and not by spreading, which gives an object room for fewer fields than it gets.
  const toCondition = (
    { type, status, reason, message }: Claim,
    before: Condition | undefined,
  ): Condition => ({
    type,
    status,
    reason,
    message,
    observedGeneration: generation,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : at,
  });
  const kept = previous.map((before) => {
    const claim = claims.get(before.type);
    claims.delete(before.type);
    return claim === undefined ? before : toCondition(claim, before);
  });
  // Nor by spreading, which leaves room for more behind the last one.
  return kept.concat(Array.from(claims.values(), (claim) => toCondition(claim, undefined)));
}

/** Whether a condition is one that we claim, and not somebody else's. */
export function isOwnCondition({ type }: Pick<Condition, "type">): boolean {
  return type === "Ready" || type === "Compliant";
}

function claimsOf(verdict: Verdict): Claim[] {
  const ready = (status: ConditionStatus, reason: string, message: string) => ({
    type: "Ready",
    status,
    reason,
    message,
  });
  const compliant = (status: ConditionStatus, reason: string, message: string) => ({
    type: "Compliant",
    status,
    reason,
    message,
  });
  const evaluated = ready("True", "Evaluated", "The policy was evaluated.");
  switch (verdict.kind) {
    case "evaluated":
      if (verdict.pods === 0) {
        return [evaluated, compliant("Unknown", "NoPods", "The namespace has no pods to evaluate.")];
      }
      return [
        evaluated,
        verdict.violations === 0
          ? compliant("True", "NoViolations", "All pods keep to the policy.")
          : compliant("False", "ViolationsFound", "Pods break the policy; see status.findings."),
      ];
    case "system-namespace":
      return [
        evaluated,
        compliant("Unknown", "SystemNamespace", "Pods of a system namespace are not evaluated."),
      ];
    case "invalid-spec":
      return [
        ready("False", "InvalidSpec", verdict.why),
        compliant("Unknown", "InvalidSpec", "The policy cannot be evaluated until its spec is corrected."),
      ];
    case "evaluation-failed":
      return [
        ready("False", "EvaluationFailed", verdict.why),
        compliant(
          "Unknown",
          "EvaluationFailed",
          "The last evaluation failed; the figures are those before it.",
        ),
      ];
    case "pods-unavailable":
      return [
        ready("Unknown", "PodsUnavailable", verdict.why),
        compliant(
          "Unknown",
          "PodsUnavailable",
          "The pods cannot be read; the figures are the last ones known.",
        ),
      ];
    default:
      return verdict satisfies never;
  }
}
