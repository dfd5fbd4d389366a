/** What `crd uninstall` says: what it is going to do, and what was in the way. */

import { FINALIZER } from "../api/devops_policy.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import { escapeText } from "../api/text.ts";
import type { UninstallPlan } from "../operator/uninstall/plan.ts";
import { CRD_NAME } from "../policy/crd.ts";

/** How many policies are named; all of them would be a page. */
const SHOWN = 3;

/** What is going to be done at `where`, for example `https://… (context "kind-dev")`. */
export function planLines(plan: UninstallPlan, where: string): string[] {
  const { isDeleting, policies, namespaces, held, atWork } = plan;
  const from = counted(held, "policy", "policies");
  const along = `${counted(policies, "policy", "policies")} in ${
    counted(namespaces, "namespace", "namespaces")
  }`;
  return [
    `On ${escapeText(where)}, this will`,
    `- remove the finalizer ${FINALIZER} from ${from}`,
    `- delete the CRD ${CRD_NAME}${isDeleting ? ", which is being deleted already" : ""}`,
    `- and with it ${along}, statuses included`,
    ...keptLines(plan).map((line) => `warning: ${line}, and so nothing is gone until that is let go`),
    ...(atWork === undefined ? [] : [
      `warning: an operator seems to be at work: it evaluated ${refKey(atWork.policy)} ${
        Math.round(atWork.agoMs / 1000)
      } s ago; better stop it first`,
    ]),
  ];
}

/** Who keeps what is left, in one sentence. */
export function heldSentence(kept: Pick<UninstallPlan, "foreign" | "keepers">): string {
  return `${CRD_NAME} is being deleted but not gone: ${keptLines(kept).join("; ")}. ` +
    "Let whoever set these finalizers take them off; the rest goes by itself then.";
}

function keptLines({ foreign, keepers }: Pick<UninstallPlan, "foreign" | "keepers">): string[] {
  return [
    ...[...foreign].map(([finalizer, refs]) => `${escapeText(finalizer)} keeps ${named(refs)}`),
    ...keepers.map((finalizer) => `${escapeText(finalizer)} keeps the CRD`),
  ];
}

function named(refs: readonly ObjectRef[]): string {
  const more = refs.length - SHOWN;
  return refs.slice(0, SHOWN).map(refKey).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function counted(count: number, one: string, many: string): string {
  return `${count === 0 ? "no" : count} ${count === 1 ? one : many}`;
}
