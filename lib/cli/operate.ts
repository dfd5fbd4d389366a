/** Runs the operator itself; a module of its own, so that a replica that stands by does without all that this needs. */

import { POLICY_RESOURCE } from "../api/devops_policy.ts";
import { ApiError } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import type { CallTerms } from "../kube/calls.ts";
import { httpCluster } from "../kube/cluster.ts";
import { explain } from "../kube/explain.ts";
import { isHopeless } from "../kube/hopeless.ts";
import type { StatusChange } from "../operator/context.ts";
import { type OperatorOptions, runOperator } from "../operator/run.ts";
import { CRD_NAME } from "../policy/crd.ts";
import type { ClusterAccess } from "./connect.ts";
import { show } from "./output.ts";
import type { ReconcileOptions } from "./reconcile.ts";
import { statusLine, statusProperties } from "./status_lines.ts";
import { systemClock } from "./system_clock.ts";
import { VERSION } from "./version.ts";

/** What the operator is run with. */
export interface OperateOptions extends Pick<OperatorOptions, "listen" | "lost">, CallTerms {
  readonly flags: Pick<ReconcileOptions, "namespace" | "requeueInterval" | "metricsAddr">;
  readonly systemNamespaces: readonly string[];
  readonly access: ClusterAccess;
  readonly log: Logger;
}

/**
 * Runs the operator until `signal` aborts.
 *
 * @returns how many statuses it has changed
 */
export async function operate(options: OperateOptions, signal: AbortSignal): Promise<number> {
  const { flags, access: { credentials, transport }, systemNamespaces, log, fence, line, ...more } = options;
  const { namespace, requeueInterval, metricsAddr } = flags;
  const tellStatus = Deno.stdout.isTerminal() ? showStatus : logStatus(log);
  let changes = 0;
  await runOperator({
    ...more,
    cluster: httpCluster(transport, systemClock, { fence, line }),
    clock: systemClock,
    log,
    version: VERSION,
    namespaces: namespace,
    systemNamespaces,
    requeueMs: requeueInterval,
    listenOn: metricsAddr === "off" ? undefined : metricsAddr,
    memory: () => Deno.memoryUsage(),
    explain(error, what) {
      const missing = error instanceof ApiError && error.code === 404 &&
        what.endsWith(POLICY_RESOURCE.plural);
      if (!missing) return explain(error, credentials, what);
      return `The CRD ${CRD_NAME} is not installed. Run \`kube-devops crd install\`. (${credentials.origin})`;
    },
    isHopeless: (error) => isHopeless(error, credentials),
    onStatus(change) {
      changes++;
      tellStatus(change);
    },
  }, signal);
  return changes;
}

function showStatus(change: StatusChange): void {
  show(statusLine(change, new Date()));
}

function logStatus(log: Logger): (change: StatusChange) => void {
  return (change) => log.info("status changed", statusProperties(change));
}
