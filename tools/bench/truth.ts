/** Whether a policy says the truth about its pods. */

import { scoreOf, type Totals } from "./plan.ts";

/** A policy as far as the benchmarks read it. */
export interface ReadPolicy {
  readonly metadata: {
    readonly namespace: string;
    readonly generation?: number;
    readonly finalizers?: readonly string[];
    readonly resourceVersion: string;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly healthy?: boolean;
    readonly healthScore?: number;
    readonly violations?: number;
    readonly lastEvaluated?: string;
    readonly message?: string;
  } | null;
}

/** From this score on a policy counts as healthy. */
const HEALTHY_SCORE = 80;

/** Whether every field that all operators of this resource write is what `totals` make it. */
export function saysTruth({ metadata, status }: ReadPolicy, totals: Totals): boolean {
  const score = scoreOf(totals);
  return status != null && status.violations === totals.violations && status.healthScore === score &&
    status.healthy === score >= HEALTHY_SCORE && status.observedGeneration === metadata.generation &&
    status.lastEvaluated !== undefined &&
    status.message?.startsWith(`${totals.violations} violations across ${totals.pods} pods — `) === true;
}
