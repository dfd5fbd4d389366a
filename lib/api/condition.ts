/** Conditions: how a Kubernetes object says what is true of it, since when, and why. */

/** True, false, or not known. */
export type ConditionStatus = "True" | "False" | "Unknown";

/** One condition, of the shape of `metav1.Condition`. */
export interface Condition {
  type: string;
  status: ConditionStatus;
  /** The `metadata.generation` that this was true for. */
  observedGeneration?: number;
  /** When `status` last changed, for example `2026-02-22T10:00:00Z`. */
  lastTransitionTime: string;
  /** One CamelCase word for programs. */
  reason: string;
  /** One sentence for people. */
  message: string;
}
