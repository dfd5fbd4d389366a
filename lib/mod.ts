/**
 * The policy engine of kube-devops as a library: what a policy means, with no cluster, no clock and no I/O.
 *
 * ```ts
 * import { classify, evaluate, healthScore, toPodFacts } from "@stochastic/kube-devops";
 * import assert from "node:assert/strict";
 *
 * const pod = toPodFacts({
 *   metadata: { namespace: "production", name: "web", creationTimestamp: "2026-02-22T10:00:00Z" },
 *   spec: { containers: [{ name: "app", image: "registry.example:5000/web", livenessProbe: {} }] },
 *   status: { phase: "Running" },
 * });
 * assert(pod);
 * const result = evaluate([pod], { forbidLatestTag: true, requireReadinessProbe: true }, Date.now());
 * assert.equal(result.findings[0]?.detail, "image registry.example:5000/web resolves to latest");
 * assert.equal(healthScore(result), 93);
 * assert.equal(classify(93), "Healthy");
 * ```
 *
 * @module
 */

export type { Condition, ConditionStatus } from "./api/condition.ts";
export { type DevOpsPolicy, FINALIZER, POLICY_RESOURCE } from "./api/devops_policy.ts";
export type { ContainerFacts, ContainerKind, PodFacts } from "./api/pod_facts.ts";
export { toPodFacts } from "./api/pod_json.ts";
export { type CheckId, CHECKS, type PolicyCheck } from "./policy/checks/mod.ts";
export { policyCrd } from "./policy/crd.ts";
export { emptyMetrics, evaluate, type Evaluation, isEvaluated, type PodMetrics } from "./policy/evaluate.ts";
export { type Finding, MAX_FINDINGS } from "./policy/findings.ts";
export { type ImageRef, parseImageRef, resolvesToLatest } from "./policy/image_ref.ts";
export { addMetrics, subtractMetrics } from "./policy/metrics.ts";
export { changePatterns, isSystemNamespace, PatternError, SYSTEM_NAMESPACES } from "./policy/namespaces.ts";
export {
  detectViolations,
  detectViolationsWithoutPolicy,
  evaluatePod,
  evaluatePodWithoutPolicy,
} from "./policy/pod.ts";
export {
  type Classification,
  CLASSIFICATIONS,
  classify,
  healthScore,
  HEALTHY_SCORE,
} from "./policy/score.ts";
export { InvalidSpecError, parseSpec } from "./policy/parse_spec.ts";
export { type PolicySpec, PolicySpecSchema } from "./policy/spec.ts";
export { nextStatus, type Outcome, parseStatus, statusMessage } from "./policy/status.ts";
export { type PolicyStatus, PolicyStatusSchema } from "./policy/status_schema.ts";
