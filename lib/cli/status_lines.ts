/** What `reconcile` says of changed statuses: lines on a terminal, properties in a log. */

import { escapeText } from "../api/text.ts";
import type { StatusChange } from "../operator/context.ts";

/** `[10:02:11] production/strict: Stable — score 67/100, 3 violations, 4 pods`, in local time. */
export function statusLine({ namespace, name, status }: StatusChange, now: Date): string {
  const time = now.toTimeString().slice(0, 8);
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  const { classification, healthScore, violations, pods } = status;
  const said = ready?.status === "True"
    ? `${classification} — score ${healthScore}/100, ${violations} violations, ${pods} pods`
    : `${ready?.reason} — ${escapeText(ready?.message ?? "")}`;
  return `[${time}] ${namespace}/${name}: ${said}`;
}

/** The same for the log: the figures, or why they are not of now. None is called `message`, which is the record's own. */
export function statusProperties({ namespace, name, status }: StatusChange): Record<string, unknown> {
  const policy = `${namespace}/${name}`;
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True"
    ? { policy, score: status.healthScore, result: status.message }
    : { policy, reason: ready?.reason, problem: ready?.message };
}

/** What is shown last. */
export function bannerLine({ changes, ms }: { changes: number; ms: number }): string {
  const seconds = Math.round(ms / 1000);
  const text = `kube-devops stopped after ${Math.floor(seconds / 60)} min ${
    seconds % 60
  } s, ${changes} status changes written`;
  const rule = "─".repeat(text.length);
  return `${rule}\n${text}\n${rule}`;
}
