/** Arithmetic on what pods add up to: a pod that comes is added, a pod that goes is subtracted. */

import { emptyMetrics, type PodMetrics } from "./evaluate.ts";
import type { CheckId } from "./checks/mod.ts";

/** The sum of both. */
export function addMetrics(a: PodMetrics, b: PodMetrics): PodMetrics {
  return combine(a, b, (x, y) => x + y);
}

/** `a` without `b`; never below zero, so that a pod taken out twice does no harm. */
export function subtractMetrics(a: PodMetrics, b: PodMetrics): PodMetrics {
  return combine(a, b, (x, y) => Math.max(0, x - y));
}

function combine(a: PodMetrics, b: PodMetrics, merge: (x: number, y: number) => number): PodMetrics {
  const ids = Object.keys(emptyMetrics().byCheck) as CheckId[];
  return {
    pods: merge(a.pods, b.pods),
    violations: merge(a.violations, b.violations),
    penalty: merge(a.penalty, b.penalty),
    byCheck: Object.fromEntries(ids.map((id) => [id, merge(a.byCheck[id], b.byCheck[id])])) as Record<
      CheckId,
      number
    >,
  };
}
