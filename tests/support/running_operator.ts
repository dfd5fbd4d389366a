/** The real operator on a cluster in memory and a clock that the test owns, stopped and checked at the test's end. */

import assert from "node:assert/strict";
import { ApiError } from "../../lib/api/errors.ts";
import type { StatusChange } from "../../lib/operator/context.ts";
import { type OperatorOptions, runOperator } from "../../lib/operator/run.ts";
import { SYSTEM_NAMESPACES } from "../../lib/policy/namespaces.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { FakeCluster } from "./fake_cluster.ts";
import { ManualClock } from "./manual_clock.ts";
import { type LogRecord, recordingLogger } from "./recording_logger.ts";

export const FINALIZER = "devops.stochastic.io/cleanup";

/** Every check on, with the limits of the sample policy. */
export const ALL_CHECKS = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

/** An operator at work. */
export interface RunningOperator extends AsyncDisposable {
  readonly cluster: FakeCluster;
  readonly clock: ManualClock;
  readonly log: readonly LogRecord[];
  /** What the operator said had changed, in order. */
  readonly told: readonly StatusChange[];
  /** Settles as `runOperator` does. */
  readonly ended: Promise<void>;
  /** Asks it to end; does not wait. */
  abort(): void;
  /** The status of a policy, as the cluster has it. */
  status(name?: string, namespace?: string): PolicyStatus;
  /** A condition of the policy `strict` as `True/Evaluated`. */
  condition(type: string): string | undefined;
  /** The messages logged at `warn`. */
  warnings(): readonly string[];
  /** The statuses written since the last reading of this, as their messages. */
  newWrites(): readonly (string | undefined)[];
}

/** Starts the operator, and lets it do all that takes no time. Disposing of it asserts that it leaves no timer behind. */
export async function startOperator(
  setUp: (cluster: FakeCluster, clock: ManualClock) => void,
  options: Partial<OperatorOptions> = {},
): Promise<RunningOperator> {
  const clock = new ManualClock();
  const cluster = new FakeCluster(clock);
  setUp(cluster, clock);
  const { log, records } = recordingLogger();
  const told: StatusChange[] = [];
  const stopping = new AbortController();
  const ended = runOperator({
    cluster,
    clock,
    log,
    version: "0.0.0-test",
    namespaces: [],
    systemNamespaces: SYSTEM_NAMESPACES,
    requeueMs: 30_000,
    listenOn: undefined,
    memory: () => ({ rss: 1, heapUsed: 1 }),
    explain: (error, what) => `Cannot ${what}: ${(error as Error).message}.`,
    isHopeless: (error) => error instanceof ApiError && error.code === 401,
    onStatus: (change) => told.push(change),
    ...options,
  }, stopping.signal);
  ended.catch(() => {});
  await clock.advance(0);

  let read = 0;
  const status = (name = "strict", namespace = "production") =>
    (cluster.policy(name, namespace)?.status ?? {}) as PolicyStatus;
  return {
    cluster,
    clock,
    log: records,
    told,
    ended,
    abort: () => stopping.abort(),
    status,
    condition(wanted) {
      const found = status().conditions?.find(({ type }) => type === wanted);
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
      await ended.catch(() => {});
      assert.equal(clock.pending, 0, "the operator has ended and left timers behind");
    },
  };
}
