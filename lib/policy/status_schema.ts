/** The schema of `status`, and the type that follows from it. */

import * as Type from "typebox";
import type { Static } from "typebox";
import type { Condition, ConditionStatus } from "../api/condition.ts";
import { MAX_FINDINGS } from "./findings.ts";
import { type Classification, CLASSIFICATIONS, HEALTHY_SCORE } from "./score.ts";

const timestamp = (description: string) => Type.String({ format: "date-time", description });

/** A field of the original's status: it may be left out and, as there, null. */
function original<Value>(schema: { type: string; description: string } & Record<string, unknown>) {
  return Type.Optional(Type.Unsafe<Value | null>({ ...schema, nullable: true }));
}

const ConditionSchema = Type.Object({
  type: Type.String({ maxLength: 316, description: "What the condition is about: Ready or Compliant." }),
  status: Type.Unsafe<ConditionStatus>({ type: "string", enum: ["True", "False", "Unknown"] }),
  observedGeneration: Type.Optional(Type.Integer({
    format: "int64",
    minimum: 0,
    description: "The generation of the policy that this was true for.",
  })),
  lastTransitionTime: timestamp("When status last changed."),
  reason: Type.String({ maxLength: 1024, minLength: 1, description: "One CamelCase word for programs." }),
  message: Type.String({ maxLength: 32768, description: "One sentence for people." }),
});

const FindingSchema = Type.Object({
  pod: Type.String({ description: "The name of the pod." }),
  container: Type.Optional(
    Type.String({ description: "The name of the container; left out when the pod itself is the matter." }),
  ),
  check: Type.String({ description: "The check that it breaks." }),
  detail: Type.String({ description: "What is wrong, in a few words." }),
});

/** The schema of `status`. */
export const PolicyStatusSchema = Type.Object({
  observedGeneration: original<number>({
    type: "integer",
    format: "int64",
    description: "The generation of the policy that was evaluated last.",
  }),
  healthy: original<boolean>({
    type: "boolean",
    description: `Whether the score is at least ${HEALTHY_SCORE}.`,
  }),
  healthScore: original<number>({
    type: "integer",
    format: "int32",
    minimum: 0,
    maximum: 100,
    description: "The governance score of the namespace: 100 is best.",
  }),
  violations: original<number>({
    type: "integer",
    format: "int64",
    minimum: 0,
    description: "How many violations there are.",
  }),
  lastEvaluated: original<string>({
    type: "string",
    format: "date-time",
    description: "When the pods were last evaluated.",
  }),
  message: original<string>({ type: "string", description: "The result in one line." }),
  classification: Type.Optional(Type.Unsafe<Classification>({
    type: "string",
    enum: [...CLASSIFICATIONS],
    description: "The class of the score.",
  })),
  pods: Type.Optional(
    Type.Integer({ format: "int64", minimum: 0, description: "How many pods were evaluated." }),
  ),
  findings: Type.Optional(Type.Array(FindingSchema, {
    maxItems: MAX_FINDINGS,
    "x-kubernetes-list-type": "atomic",
    description: `Which containers break which checks, worst first; at most ${MAX_FINDINGS}.`,
  })),
  conditions: Type.Optional(Type.Array(ConditionSchema, {
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
    description: "Ready: whether the policy could be evaluated. Compliant: whether its pods keep to it.",
  })),
}, { description: "The state of the namespace as the operator last saw it." });

/** The status of a policy. */
export type PolicyStatus = Static<typeof PolicyStatusSchema>;

/** Fails to compile if the schema's condition and the API's drift apart. */
type SameCondition<A, B> = A extends B ? B extends A ? true : never : never;
true satisfies SameCondition<Static<typeof ConditionSchema>, Condition>;
