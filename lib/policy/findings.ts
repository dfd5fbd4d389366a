/** Findings: which container of which pod breaks which check, the worst of them kept for people to read. */

import type { ContainerFacts, PodFacts } from "../api/pod_facts.ts";
import { escapeText } from "../api/text.ts";
import type { AnyCheck } from "./checks/check.ts";

/** How many findings a status holds: enough to act on, few enough to read and to store. */
export const MAX_FINDINGS = 20;

/** One violation, named. */
export interface Finding {
  pod: string;
  /** Left out when the pod itself is the matter. */
  container?: string;
  /** The id of the check, for example `latest_tag`. */
  check: string;
  /** What is wrong, in a few words. */
  detail: string;
}

/** A violation before it is put into words. */
export interface Candidate {
  readonly pod: PodFacts;
  readonly container: ContainerFacts | undefined;
  readonly check: AnyCheck;
  readonly setting: unknown;
  /** The check's place in the table. */
  readonly rank: number;
  readonly penalty: number;
}

/** The worst findings so far: a short sorted list, so that a million violations cost a million comparisons. */
export class WorstFindings {
  /** Sorted, worst first, never longer than {@linkcode MAX_FINDINGS}. */
  readonly #kept: Candidate[] = [];

  offer(candidate: Candidate): void {
    const last = this.#kept[MAX_FINDINGS - 1];
    if (last !== undefined && compare(candidate, last) >= 0) return;
    const at = this.#kept.findIndex((kept) => compare(candidate, kept) < 0);
    this.#kept.splice(at < 0 ? this.#kept.length : at, 0, candidate);
    if (this.#kept.length > MAX_FINDINGS) this.#kept.pop();
  }

  /** Those that say the same hold one text: what is wrong with one pod of a deployment is wrong with all of them. */
  toFindings(): Finding[] {
    const details = new Map<string, string>();
    return this.#kept.map((candidate) => toFinding(candidate, details));
  }
}

/** Puts a violation into words that are safe to show, of which `details` knows those that came before. */
function toFinding({ pod, container, check, setting }: Candidate, details: Map<string, string>): Finding {
  const detail = escapeText(check.detail(pod, container, setting));
  const known = details.get(detail);
  if (known === undefined) details.set(detail, detail);
  return {
    pod: escapeText(pod.name),
    ...(container && { container: escapeText(container.name) }),
    check: check.id,
    detail: known ?? detail,
  };
}

/** Costlier first; then the table's order, then by name: an order that does not depend on how the pods arrived. */
function compare(a: Candidate, b: Candidate): number {
  return b.penalty - a.penalty || a.rank - b.rank || compareText(a.pod.namespace, b.pod.namespace) ||
    compareText(a.pod.name, b.pod.name) || compareText(a.container?.name ?? "", b.container?.name ?? "");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
