/** What the operator says of its own work: reconciles that failed, and a definition that is too old for what it writes. */

import { errorKind, LeaseLostError } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import type { ControllerObserver } from "../runtime/controller.ts";
import type { Context } from "./context.ts";
import type { OperatorOptions } from "./run.ts";

/** Counts each reconcile, and tells of those that fail. */
export function toObserver(
  { log, explain }: Pick<OperatorOptions, "log" | "explain">,
  metrics: OperatorMetrics,
): ControllerObserver<ObjectRef> {
  return {
    reconciled: (_ref, ms) => metrics.observeReconcile(ms / 1000, false),
    failed(ref, error, ms, retryAfterMs) {
      // No fault of the policy's: it is for the next leader.
      if (error instanceof LeaseLostError) return;
      metrics.observeReconcile(ms / 1000, true);
      log.warn("reconcile failed, trying again", {
        policy: refKey(ref),
        kind: errorKind(error),
        problem: explain(error, `update the policy ${refKey(ref)}`),
        retryAfterSeconds: retryAfterMs / 1000,
      });
    },
  };
}

/** Tells once that the installed CRD is too old for a status as we write it. */
export function tellDropped(log: Logger): Context["onDropped"] {
  let told = false;
  return (fields) => {
    if (told || fields.length === 0) return;
    told = true;
    log.warn("the installed CRD does not keep all of a status, run `kube-devops crd install --upgrade`", {
      dropped: fields.join(", "),
    });
  };
}
