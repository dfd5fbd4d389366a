/** `kube-devops reconcile`: runs the operator until it is told to stop. */

import { Line } from "../api/line.ts";
import { type ListenAddress, ListenError } from "../operator/server.ts";
import { changePatterns, PatternError } from "../policy/namespaces.ts";
import { withClusterAccess } from "./connect.ts";
import { EXIT, ExitError } from "./exit.ts";
import type { LeaseFlags } from "./leader_election.ts";
import { startLogging } from "./logging.ts";
import { keepDebuggerShut } from "./no_debugger.ts";
import type { OperateOptions } from "./operate.ts";
import { show, stderr } from "./output.ts";
import { bannerLine } from "./status_lines.ts";
import { onStopSignal } from "./stop_signal.ts";
import { systemClock } from "./system_clock.ts";
import { VERSION } from "./version.ts";

/** The flags of the command. */
export interface ReconcileOptions extends LeaseFlags {
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
export async function reconcile(flags: ReconcileOptions): Promise<void> {
  const systemNamespaces = toPatterns(flags.systemNamespaces);
  await withClusterAccess(flags, "reconcile", async (access) => {
    const { logFormat = Deno.stderr.isTerminal() ? "text" : "json", logLevel } = flags;
    const { log, close } = await startLogging({ format: logFormat, level: logLevel }, stderr, systemClock);
    using stop = onStopSignal();
    using _shut = keepDebuggerShut(log, systemClock);
    const startedAt = systemClock.monotonic();
    let changes = 0;
    const line = new Line();
    const operate = async (more: Pick<OperateOptions, "fence" | "lost" | "listen">) => {
      const { operate } = await import("./operate.ts");
      changes = await operate({ ...more, flags, systemNamespaces, access, line, log }, stop.signal);
    };
    try {
      log.info("starting", {
        version: VERSION,
        server: access.credentials.server,
        origin: access.credentials.origin,
      });
      if (access.warning !== undefined) log.warn("look at the proxy settings", { problem: access.warning });
      if (flags.leaderElect) {
        const { elect } = await import("./leader_election.ts");
        const listenOn = flags.metricsAddr === "off" ? undefined : flags.metricsAddr;
        await elect(
          { flags, access, line, log, listenOn },
          stop.signal,
          (term, listen) => operate({ fence: term, lost: term.signal, listen }),
        );
      } else await operate({});
      if (Deno.stdout.isTerminal()) {
        show(bannerLine({ changes, ms: systemClock.monotonic() - startedAt }));
      } else log.info("stopped", { statusChanges: changes });
    } catch (error) {
      if (error instanceof ListenError) throw new ExitError(EXIT.usage, error.message, { cause: error });
      throw error;
    } finally {
      await close();
    }
  });
}

function toPatterns(changes: readonly string[]): readonly string[] {
  try {
    return changePatterns(changes);
  } catch (error) {
    throw error instanceof PatternError ? new ExitError(EXIT.usage, error.message, { cause: error }) : error;
  }
}
