/** The real operator on a sandbox, over HTTP, under a clock that the test owns; stopped and checked at the test's end. */

import assert from "node:assert/strict";
import { clearImmediate, setImmediate } from "node:timers";
import { Line } from "../../lib/api/line.ts";
import type { Cluster } from "../../lib/api/ports.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { isHopeless } from "../../lib/kube/hopeless.ts";
import type { StatusChange } from "../../lib/operator/context.ts";
import { type OperatorOptions, runOperator } from "../../lib/operator/run.ts";
import { SYSTEM_NAMESPACES } from "../../lib/policy/namespaces.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { ManualClock } from "./manual_clock.ts";
import { patiently } from "./patience.ts";
import { type LogRecord, recordingLogger } from "./recording_logger.ts";
import { SandboxCluster } from "./sandbox_cluster.ts";
import { Traffic } from "./traffic.ts";

export const FINALIZER = "devops.stochastic.io/cleanup";

/** Every check on, with the limits of the sample policy. */
export const ALL_CHECKS = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

/** How to start an operator, beside what it is set up with. */
export interface StartOptions extends Partial<OperatorOptions> {
  /** The installed definition of policies; ours unless said. */
  readonly crd?: object;
  /** Whether it is told to stop before it starts. */
  readonly isStopped?: boolean;
  /** Changes the operator's way to the cluster, for what no answer of a server brings about. */
  readonly through?: (cluster: Cluster) => Cluster;
}

/** An operator at work. */
export interface RunningOperator extends AsyncDisposable {
  readonly cluster: SandboxCluster;
  readonly clock: ManualClock;
  readonly log: readonly LogRecord[];
  /** What the operator said had changed, in order. */
  readonly told: readonly StatusChange[];
  /** Settles as `runOperator` does, and must do so by itself once it is asked for. */
  readonly ended: Promise<void>;
  readonly hasEnded: boolean;
  /** Asks it to end; does not wait. */
  abort(): void;
  /** The status of a policy, as the cluster has it. */
  status(name?: string, namespace?: string): Promise<PolicyStatus>;
  /** The health score in that status. */
  score(name?: string, namespace?: string): Promise<PolicyStatus["healthScore"]>;
  /** A condition of the policy `strict` as `True/Evaluated`. */
  condition(type: string): Promise<string | undefined>;
  /** The messages logged at `warn`. */
  warnings(): readonly string[];
  /** The statuses written since the last reading of this, as their messages. */
  newWrites(): readonly (string | undefined)[];
}

/** Starts the operator, and lets it do all that takes no time. Disposing of it asserts that it leaves no timer behind. */
export async function startOperator(
  setUp: (cluster: SandboxCluster, clock: ManualClock) => void | Promise<void>,
  { crd, isStopped = false, through = (cluster) => cluster, ...options }: StartOptions = {},
): Promise<RunningOperator> {
  const traffic = new Traffic();
  const clock = new RestingClock(undefined, () => traffic.quiet());
  const cluster = await SandboxCluster.start({ clock, traffic });
  await cluster.install(crd);
  await setUp(cluster, clock);
  const { credentials } = cluster;
  const transport = traffic.transport({ credentials, userAgent: "kube-devops/test" });
  const { log, records } = recordingLogger();
  const told: StatusChange[] = [];
  const stopping = new AbortController();
  if (isStopped) stopping.abort();
  const ended = runOperator({
    cluster: through(httpCluster(transport, clock, { line: new Line() })),
    clock,
    log,
    version: "0.0.0-test",
    namespaces: [],
    systemNamespaces: SYSTEM_NAMESPACES,
    requeueMs: 30_000,
    listenOn: undefined,
    memory: () => ({ rss: 1, heapUsed: 1 }),
    explain: (error, what) => `Cannot ${what}: ${(error as Error).message}.`,
    isHopeless: (error) => isHopeless(error, credentials),
    onStatus: (change) => told.push(change),
    ...options,
  }, stopping.signal);
  let hasEnded = false;
  ended.catch(() => {}).then(() => hasEnded = true);
  await traffic.quiet();

  let read = 0;
  const status = async (name = "strict", namespace?: string) =>
    ((await cluster.policy(name, namespace))?.status ?? {}) as PolicyStatus;
  return {
    cluster,
    clock,
    log: records,
    told,
    get ended() {
      return patiently(ended, () => "the operator ends");
    },
    get hasEnded() {
      return hasEnded;
    },
    abort: () => stopping.abort(),
    status,
    score: async (name, namespace) => (await status(name, namespace)).healthScore,
    async condition(wanted) {
      const found = (await status()).conditions?.find(({ type }) => type === wanted);
      return found && `${found.status}/${found.reason}`;
    },
    warnings: () => records.filter(({ level }) => level === "warn").map(({ message }) => message),
    newWrites() {
      const fresh = cluster.writes.slice(read).filter(({ verb }) => verb === "patchStatus");
      read = cluster.writes.length;
      return fresh.map(({ body }) => (body as { status: PolicyStatus }).status.message ?? undefined);
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      try {
        await traffic.quiet();
        assert.equal(clock.pending, 0, "the operator still waits for something, or has left timers behind");
        await patiently(ended.catch(() => {}), () => "the operator ends when it is told to");
      } finally {
        transport.close();
        await cluster[Symbol.asyncDispose]();
      }
    },
  };
}

/** A clock on which work that rests for no time goes on without any passing: there are sockets to look at meanwhile. */
class RestingClock extends ManualClock {
  override after(ms: number, callback: () => void): () => void {
    if (ms > 0) return super.after(ms, callback);
    const turn = setImmediate(callback);
    return () => clearImmediate(turn);
  }
}
