/** `kube-devops reconcile`: runs the operator until it is told to stop. */

import { ApiError } from "../api/errors.ts";
import { POLICY_RESOURCE } from "../api/devops_policy.ts";
import { httpCluster } from "../kube/cluster.ts";
import { explain } from "../kube/explain.ts";
import { isHopeless } from "../kube/hopeless.ts";
import type { StatusChange } from "../operator/context.ts";
import { type OperatorOptions, runOperator } from "../operator/run.ts";
import { type ListenAddress, ListenError } from "../operator/server.ts";
import { CRD_NAME } from "../policy/crd.ts";
import { changePatterns, PatternError } from "../policy/namespaces.ts";
import { type ClusterAccess, withClusterAccess } from "./connect.ts";
import { EXIT, ExitError } from "./exit.ts";
import { startLogging } from "./logging.ts";
import { show, stderrStream } from "./output.ts";
import { bannerLine, statusLine, statusProperties } from "./status_lines.ts";
import { onStopSignal } from "./stop_signal.ts";
import { systemClock } from "./system_clock.ts";
import { VERSION } from "./version.ts";

/** The flags of the command. */
export interface ReconcileOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: readonly string[];
  /** Milliseconds. */
  readonly requeueInterval: number;
  readonly metricsAddr: ListenAddress | "off";
  readonly systemNamespaces: readonly string[];
  readonly logFormat?: "text" | "json";
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** Runs until Ctrl+C or SIGTERM; a second one ends it at once. */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const systemNamespaces = toPatterns(options.systemNamespaces);
  await withClusterAccess(options, "reconcile", async (access) => {
    const { logFormat = Deno.stderr.isTerminal() ? "text" : "json", logLevel } = options;
    const { log, close } = await startLogging({ format: logFormat, level: logLevel }, stderrStream());
    using stop = onStopSignal();
    const startedAt = systemClock.monotonic();
    let written = 0;
    try {
      log.info("starting", {
        version: VERSION,
        server: access.credentials.server,
        origin: access.credentials.origin,
      });
      if (access.warning !== undefined) log.warn("look at the proxy settings", { problem: access.warning });
      await runOperator({
        ...operatorOptions(options, access),
        systemNamespaces,
        log,
        onStatus(change) {
          written++;
          tellStatus(change, log);
        },
      }, stop.signal);
      if (Deno.stdout.isTerminal()) {
        show(bannerLine({ changes: written, ms: systemClock.monotonic() - startedAt }));
      } else log.info("stopped", { statusChanges: written });
    } catch (error) {
      if (error instanceof ListenError) throw new ExitError(EXIT.usage, error.message, { cause: error });
      throw error;
    } finally {
      await close();
    }
  });
}

function operatorOptions(
  { namespace, requeueInterval, metricsAddr }: ReconcileOptions,
  { credentials, transport }: ClusterAccess,
): Omit<OperatorOptions, "systemNamespaces" | "log" | "onStatus"> {
  return {
    cluster: httpCluster(transport, systemClock),
    clock: systemClock,
    version: VERSION,
    namespaces: namespace,
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
  };
}

function tellStatus(
  change: StatusChange,
  log: { info(message: string, properties: Record<string, unknown>): void },
): void {
  if (Deno.stdout.isTerminal()) return show(statusLine(change, new Date()));
  log.info("status changed", statusProperties(change));
}

function toPatterns(changes: readonly string[]): readonly string[] {
  try {
    return changePatterns(changes);
  } catch (error) {
    throw error instanceof PatternError ? new ExitError(EXIT.usage, error.message, { cause: error }) : error;
  }
}
