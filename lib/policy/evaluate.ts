/** Evaluation: the pods of a namespace against a spec, at a moment, in one pass over small records. */

import type { ContainerFacts, PodFacts } from "../api/pod_facts.ts";
import type { AnyCheck } from "./checks/check.ts";
import { type CheckId, CHECKS } from "./checks/mod.ts";
import { type Finding, WorstFindings } from "./findings.ts";
import { isOn, type PolicySpec } from "./spec.ts";

/** What pods add up to; plain numbers, so that namespaces can be added and subtracted. */
export interface PodMetrics {
  /** Pods that count: neither finished, nor being deleted, nor unevaluable. */
  readonly pods: number;
  readonly violations: number;
  /** The weights of all violations together. */
  readonly penalty: number;
  readonly byCheck: Readonly<Record<CheckId, number>>;
}

/** The result of evaluating some pods. */
export interface Evaluation extends PodMetrics {
  /** At most {@linkcode MAX_FINDINGS}, worst first, in a stable order. */
  readonly findings: readonly Finding[];
  /** When the next pod turns into a violation by waiting alone (milliseconds since 1970). */
  readonly dueAt: number | undefined;
  /** Pods that the API server described in a way that cannot be evaluated. */
  readonly unevaluable: number;
}

/** Metrics of no pods at all. */
export function emptyMetrics(): PodMetrics {
  return { pods: 0, violations: 0, penalty: 0, byCheck: countsByCheck() };
}

/** Whether the pod counts at all: finished pods and those being deleted are nobody's concern any more. */
export function isEvaluated(pod: PodFacts): boolean {
  return !pod.deleting && pod.phase !== "Succeeded" && pod.phase !== "Failed";
}

/** An evaluation under way. */
export interface PodTally {
  add(pod: PodFacts): void;
  /** What the pods so far come to. */
  result(): Evaluation;
}

/**
 * Evaluates `pods` against `spec` as of `now` (milliseconds since 1970).
 *
 * Pure and total: the same pods in any order give the same answer, and nothing a pod contains makes it throw.
 */
export function evaluate(pods: Iterable<PodFacts>, spec: PolicySpec, now: number): Evaluation {
  const tally = tallyPods(spec, now);
  for (const pod of pods) tally.add(pod);
  return tally.result();
}

/** Begins the same for pods that are added one by one: whoever has very many can do other work in between. */
export function tallyPods(spec: PolicySpec, now: number): PodTally {
  const byCheck = countsByCheck();
  const worst = new WorstFindings();
  let [counted, violations, penalty, unevaluable] = [0, 0, 0, 0];
  let dueAt = Infinity;
  let pod: PodFacts;

  // One report for each check, not for each pod: nothing is allocated for a pod that is fine.
  const active = CHECKS.map((check: AnyCheck, rank) => ({
    check,
    setting: Reflect.get(spec, check.field),
    report: {
      violation(container: ContainerFacts | undefined, weight: number) {
        violations++;
        penalty += weight;
        byCheck[check.id as CheckId]++;
        worst.offer({
          pod,
          container,
          check,
          setting: Reflect.get(spec, check.field),
          rank,
          penalty: weight,
        });
      },
      dueAt(ms: number) {
        dueAt = Math.min(dueAt, ms);
      },
    },
  })).filter(({ setting }) => isOn(setting));

  return {
    add(next) {
      pod = next;
      if (pod.problem !== undefined) unevaluable++;
      else if (isEvaluated(pod)) {
        counted++;
        for (const { check, setting, report } of active) check.find(pod, setting, now, report);
      }
    },
    result: () => ({
      pods: counted,
      violations,
      penalty,
      byCheck: { ...byCheck },
      findings: worst.toFindings(),
      dueAt: Number.isFinite(dueAt) ? dueAt : undefined,
      unevaluable,
    }),
  };
}

function countsByCheck(): Record<CheckId, number> {
  return Object.fromEntries(CHECKS.map(({ id }) => [id, 0])) as Record<CheckId, number>;
}
