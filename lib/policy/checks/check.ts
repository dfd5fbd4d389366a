/** The shape of a row in the table of checks, and the two combinators that make one. */

import type { TUnsafe } from "typebox";
import type { ContainerFacts, PodFacts } from "../../api/pod_facts.ts";

/** What a check tells while it looks at one pod. */
export interface Report {
  /** One violation, of one container or (undefined) of the pod itself, and what it costs. */
  violation(container: ContainerFacts | undefined, penalty: number): void;
  /** Nothing yet, but at this time (milliseconds since 1970) it turns into a violation. */
  dueAt(ms: number): void;
}

/** One row: everything that the project knows about a check. */
export interface Check<Id extends string, Field extends string, Setting> {
  /** Names the check in findings and metric labels. */
  readonly id: Id;
  /** The field of the spec that switches it on. */
  readonly field: Field;
  /** The schema of that field; `null` and `false` mean off. */
  readonly schema: TUnsafe<Setting | null>;
  /** One line of documentation: what counts as one violation. */
  readonly violation: string;
  /** What one violation costs, as people read it. */
  readonly weight: string;
  /** What a person can do about it. */
  readonly remediation: string;
  /** The setting that evaluation without a policy uses. */
  readonly withoutPolicy: Setting;
  find(pod: PodFacts, setting: Setting, now: number, report: Report): void;
  /** Says what is wrong, in words that do not change from one second to the next. */
  detail(pod: PodFacts, container: ContainerFacts | undefined, setting: Setting): string;
}

type Row<Id extends string, Field extends string, Setting> = Omit<
  Check<Id, Field, Setting>,
  "find" | "detail"
>;

/** A check that looks at one container at a time: the row says only the condition. */
export function perContainer<const Id extends string, const Field extends string, Setting>(
  { appliesTo = () => true, violates, penalty, detail, ...row }: Row<Id, Field, Setting> & {
    /** Pods that the check has no opinion on; all, when left out. */
    appliesTo?: (pod: PodFacts) => boolean;
    violates: (container: ContainerFacts, setting: Setting) => boolean;
    penalty: (container: ContainerFacts) => number;
    detail: (container: ContainerFacts, setting: Setting) => string;
  },
): Check<Id, Field, Setting> {
  return {
    ...row,
    find(pod, setting, _now, report) {
      if (!appliesTo(pod)) return;
      for (const container of pod.containers) {
        if (violates(container, setting)) report.violation(container, penalty(container));
      }
    },
    detail: (_pod, container, setting) => container === undefined ? "" : detail(container, setting),
  };
}

/** A check of something that lasts: it turns into a violation when it has lasted longer than the setting. */
export function perPodDuration<const Id extends string, const Field extends string>(
  { lasts, penalty, detail, ...row }: Row<Id, Field, number> & {
    lasts: (pod: PodFacts) => boolean;
    penalty: number;
    detail: (seconds: number) => string;
  },
): Check<Id, Field, number> {
  return {
    ...row,
    find(pod, seconds, now, report) {
      if (!lasts(pod)) return;
      // Since a time that is unknown, nothing is ever too long.
      const lastAllowed = (pod.createdAtSeconds ?? NaN) * 1000 + seconds * 1000;
      // Without a policy `now` is Infinity: anything that lasts counts at once, even since a time that is unknown.
      if (now > lastAllowed || now === Infinity) report.violation(undefined, penalty);
      else if (now <= lastAllowed) report.dueAt(lastAllowed + 1);
    },
    detail: (_pod, _container, seconds) => detail(seconds),
  };
}

/** A row whose setting's type is not of interest. */
// deno-lint-ignore no-explicit-any -- a table holds rows of different settings; each row is checked where it is made
export type AnyCheck = Check<string, string, any>;
