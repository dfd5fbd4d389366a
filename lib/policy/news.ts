/** News: what of a changed status is worth telling the users of a policy, as an event beside it. */

import type { Condition } from "../api/condition.ts";
import { escapeText } from "../api/text.ts";
import { type Classification, CLASSIFICATIONS, classify } from "./score.ts";
import type { PolicyStatus } from "./status_schema.ts";

/** One thing to tell. */
export interface News {
  /** `Warning` for what somebody should look at. */
  readonly type: "Normal" | "Warning";
  /** One CamelCase word for programs. */
  readonly reason: string;
  /** One sentence for people, on one line. */
  readonly note: string;
  /** Equal topics are the same thing happening again, whatever the figures in the note. */
  readonly topic: string;
}

/** An API server takes notes of 1024 bytes, and a character has up to three of them. */
const MAX_NOTE_LENGTH = 340;

/**
 * What the step from `previous` to `next` tells: another class, or that the policy cannot be evaluated, or can be again.
 *
 * Equal statuses tell nothing, and neither does the first evaluation of a new policy, which changes no class.
 */
export function newsOf(previous: PolicyStatus, next: PolicyStatus): readonly News[] {
  const [before, now] = [previous, next].map(({ conditions }) => conditions?.find(isReady));
  if (now?.status !== "True") return now === undefined ? [] : failure(previous, before, now);
  const recovery: News = {
    type: "Normal",
    reason: now.reason,
    note: "The policy can be evaluated again.",
    topic: "recovery",
  };
  const isRecovered = before !== undefined && before.status !== "True";
  return [...(isRecovered ? [recovery] : []), ...classChange(classOf(previous), classOf(next), next)];
}

function failure(previous: PolicyStatus, before: Condition | undefined, now: Condition): readonly News[] {
  // A server with an older CRD keeps no conditions: whether this is news cannot be told, and repeating it is worse.
  if (before === undefined && previous.observedGeneration != null) return [];
  const isKnown = before?.status === now.status && before.reason === now.reason;
  // What is wrong with a spec is the answer to an edit; other causes word themselves anew from time to time.
  if (isKnown && (now.reason !== "InvalidSpec" || before.message === now.message)) return [];
  const note = escapeText(now.message, MAX_NOTE_LENGTH);
  return [{
    type: "Warning",
    reason: now.reason,
    note,
    topic: now.reason === "InvalidSpec" ? note : now.reason,
  }];
}

function classChange(
  from: Classification | undefined,
  to: Classification | undefined,
  { healthScore, violations, pods }: PolicyStatus,
): readonly News[] {
  if (from === undefined || to === undefined || from === to) return [];
  const isWorse = CLASSIFICATIONS.indexOf(to) > CLASSIFICATIONS.indexOf(from);
  return [{
    type: isWorse ? "Warning" : "Normal",
    reason: "ClassificationChanged",
    note: `From ${from} to ${to}: score ${healthScore}, ${violations} violations across ${pods} pods.`,
    topic: `from ${from} to ${to}`,
  }];
}

/** The class, also of a status that an older CRD has kept the score of alone. */
function classOf({ classification, healthScore }: PolicyStatus): Classification | undefined {
  return classification ?? (healthScore == null ? undefined : classify(healthScore));
}

function isReady({ type }: Condition): boolean {
  return type === "Ready";
}
