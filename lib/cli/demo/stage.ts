/** Where the demo is shown: drawn live on a terminal, or told line by line to anybody else. */

import type { StatusChange } from "../../operator/context.ts";
import type { ReadPolicy } from "./admin.ts";
import { NAMESPACES } from "./story.ts";

/** What is shown. */
export interface Stage extends Disposable {
  /** A scene begins. */
  scene(title: string): void;
  /** All that the scene asks for is true, so many milliseconds after it was done. */
  cameTrue(ms: number): void;
  /** The scene did not come true. */
  missed(what: string): void;
  /** A status said something new. */
  status(change: StatusChange): void;
  /** The policies as they were read back. */
  policies(policies: readonly ReadPolicy[]): void;
  /** Something that the person should know; it stays. */
  note(text: string): void;
}

/** At most so many policies are shown. */
export const MAX_ROWS = 15;

/** All policies or, when there are more than `count`, those that the story is about, then the worst of the others. */
export function choose(policies: readonly ReadPolicy[], count: number): readonly ReadPolicy[] {
  if (policies.length <= count) return policies;
  const rank = ({ namespace, status }: ReadPolicy) =>
    NAMESPACES.includes(namespace) ? -1 : status.healthScore ?? 101;
  return policies.toSorted((a, b) => rank(a) - rank(b)).slice(0, count);
}

/** `112 ms` or `2.1 s`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
