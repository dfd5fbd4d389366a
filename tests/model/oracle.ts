/** What must be true of a cluster once nothing changes any more: computed anew from what the API server holds, by DESIGN's words alone. */

import assert from "node:assert/strict";
import type { KubeObject } from "../contract/object.ts";
import { FINALIZER } from "../support/running_operator.ts";
import { seriesWith, valueOf } from "../support/scrape.ts";

// deno-lint-ignore no-explicit-any -- JSON as the server shows it, read by nobody's decoder
type Json = any;

/** What a policy must say of its pods. */
export interface Truth {
  readonly violations: number;
  readonly pods: number;
  readonly score: number;
  /** Each violation as `pod/container/check`, sorted. */
  readonly findings: readonly string[];
}

/** The truth about the pods of a namespace at a moment; undefined when `spec` is none. */
export function truth(spec: Json, pods: readonly Json[], now: number): Truth | undefined {
  if (!isSpec(spec)) return undefined;
  const found: { readonly what: string; readonly weight: number }[] = [];
  const counted = pods.filter(({ metadata, status }) =>
    metadata.deletionTimestamp === undefined && !["Succeeded", "Failed"].includes(status?.phase)
  );
  for (const { metadata, spec: { containers, restartPolicy }, status } of counted) {
    const find = (container: string, check: string, weight: number) =>
      found.push({ what: `${metadata.name}/${container}/${check}`, weight });
    for (const { name, image, livenessProbe, readinessProbe } of containers) {
      const isService = restartPolicy === "Always";
      const restarts = status?.containerStatuses?.find((status: Json) =>
        status.name === name
      )?.restartCount ?? 0;
      if (spec?.forbidLatestTag && isLatest(image)) find(name, "latest_tag", 5);
      if (spec?.requireLivenessProbe && isService && !livenessProbe) find(name, "missing_liveness", 3);
      if (spec?.requireReadinessProbe && isService && !readinessProbe) find(name, "missing_readiness", 2);
      if (typeof spec?.maxRestartCount === "number" && restarts > spec.maxRestartCount) {
        find(name, "high_restarts", 6 * Math.min(restarts, 5));
      }
    }
    const age = now - Date.parse(metadata.creationTimestamp);
    const limit = spec?.forbidPendingDuration;
    if (typeof limit === "number" && status?.phase === "Pending" && age > limit * 1000) {
      find("", "pending", 4);
    }
  }
  const penalty = found.reduce((sum, { weight }) => sum + weight, 0);
  return {
    violations: found.length,
    pods: counted.length,
    score: counted.length === 0 ? 100 : 100 - Math.min(100, Math.floor(penalty / counted.length)),
    findings: found.map(({ what }) => what).sort(),
  };
}

/** Asserts that a policy is as it must be: `foreign` are the finalizers that others have put on it. */
export function assertTrue(
  policy: Json,
  { pods, now, foreign }: { pods: readonly Json[]; now: number; foreign: readonly string[] },
): void {
  const { metadata, spec, status } = policy;
  const { namespace, name, finalizers = [] } = metadata;
  const where = `${namespace}/${name}`;
  if (metadata.deletionTimestamp !== undefined) {
    assert.deepEqual(finalizers, foreign, `${where} is to go, and only others hold it`);
    assert.notDeepEqual(finalizers, [], `${where} is to go, and nobody holds it`);
    return;
  }
  assert.deepEqual([...finalizers].sort(), [...foreign, FINALIZER].sort(), `the finalizers of ${where}`);
  assert.equal(status?.observedGeneration, metadata.generation, `what ${where} has observed`);
  const said = (type: string) => {
    const { status: is, reason } = status.conditions?.find((condition: Json) => condition.type === type) ??
      {};
    return `${is}/${reason}`;
  };
  const expected = truth(spec, pods.filter((pod) => pod.metadata.namespace === namespace), now);
  if (expected === undefined) {
    assert.deepEqual([said("Ready"), said("Compliant")], ["False/InvalidSpec", "Unknown/InvalidSpec"], where);
    return;
  }
  const { violations, pods: count, score, findings } = expected;
  const classification = score >= 80
    ? "Healthy"
    : score >= 60
    ? "Stable"
    : score >= 40
    ? "Degraded"
    : "Critical";
  assert.equal(
    status.message,
    `${violations} violations across ${count} pods — ${classification} (${score})`,
    `the message of ${where}`,
  );
  assert.deepEqual(
    {
      ...status,
      findings: status.findings.map(({ pod, container = "", check }: Json) => `${pod}/${container}/${check}`)
        .sort(),
    },
    {
      ...status,
      violations,
      pods: count,
      healthScore: score,
      healthy: score >= 80,
      classification,
      findings: findings.slice(0, 20),
    },
    `the status of ${where}`,
  );
  const compliant = count === 0
    ? "Unknown/NoPods"
    : violations === 0
    ? "True/NoViolations"
    : "False/ViolationsFound";
  assert.deepEqual([said("Ready"), said("Compliant")], ["True/Evaluated", compliant], where);
  const age = now - Date.parse(status.lastEvaluated);
  assert(age >= 0 && age <= 32_000, `${where} was evaluated ${age} ms ago`);
}

/** Asserts that a scrape shows the series of these policies, with their figures, and no others. */
export function assertMetrics(
  text: string,
  policies: readonly KubeObject[],
  namespaces: readonly string[],
): void {
  for (const namespace of namespaces) {
    const policy: Json = policies.find(({ metadata }) =>
      metadata.namespace === namespace && metadata.deletionTimestamp === undefined
    );
    const series = seriesWith(text, "namespace", namespace).filter((line) => !line.startsWith("#"));
    if (policy === undefined) assert.deepEqual(series, [], `the series of ${namespace}, which has no policy`);
    if (policy === undefined || !isSpec(policy.spec)) continue;
    const labels = `{namespace="${namespace}",policy="${policy.metadata.name}"}`;
    assert.deepEqual(
      {
        violations: valueOf(text, `devopspolicy_violations_total${labels}`),
        healthScore: valueOf(text, `devopspolicy_health_score${labels}`),
      },
      { violations: policy.status.violations, healthScore: policy.status.healthScore },
      `the series of ${namespace}`,
    );
  }
}

function isSpec(spec: Json): boolean {
  const is = (type: string, field: string) => [type, "undefined"].includes(typeof (spec[field] ?? undefined));
  return is("boolean", "forbidLatestTag") && is("boolean", "requireLivenessProbe") &&
    is("boolean", "requireReadinessProbe") && is("number", "maxRestartCount") &&
    is("number", "forbidPendingDuration");
}

/** For the images of these tests: they have no digest. */
function isLatest(image: string): boolean {
  const tag = /:([^/]*)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest";
}
