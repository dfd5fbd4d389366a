/** The lines that `reconcile` shows on a terminal. */

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

/** What is shown last. */
export function bannerLine({ changes, ms }: { changes: number; ms: number }): string {
  const seconds = Math.round(ms / 1000);
  const text = `kube-devops stopped after ${Math.floor(seconds / 60)} min ${
    seconds % 60
  } s, ${changes} status changes written`;
  const rule = "─".repeat(text.length);
  return `${rule}\n${text}\n${rule}`;
}
