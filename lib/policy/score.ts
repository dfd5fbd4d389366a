/** Score and class: how penalties over pods become one number that a person can compare. */

/** What a score is worth, from `Healthy` (80 and up) down to `Critical` (below 40). */
export const CLASSIFICATIONS = ["Healthy", "Stable", "Degraded", "Critical"] as const;

/** One of {@linkcode CLASSIFICATIONS}. */
export type Classification = (typeof CLASSIFICATIONS)[number];

/** From this score on a policy counts as healthy. */
export const HEALTHY_SCORE = 80;

/** 100 − the average penalty of a pod, rounded down and held within 0–100; 100 when there are no pods. */
export function healthScore({ pods, penalty }: { pods: number; penalty: number }): number {
  return pods <= 0 ? 100 : 100 - Math.min(100, Math.max(0, Math.floor(penalty / pods)));
}

/** The class of a score. */
export function classify(score: number): Classification {
  if (score >= HEALTHY_SCORE) return "Healthy";
  if (score >= 60) return "Stable";
  return score >= 40 ? "Degraded" : "Critical";
}
