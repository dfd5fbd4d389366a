/** The operator: changes become work, work is done by the controller, and all of it ends when asked to. */

import { linkedAbort } from "../api/abort.ts";
import type { Clock } from "../api/clock.ts";
import { Line } from "../api/line.ts";
import type { Logger } from "../api/logger.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import type { Cluster } from "../api/ports.ts";
import { Stretch } from "../api/stretch.ts";
import { OperatorMetrics } from "../metrics/metrics.ts";
import { CHECKS } from "../policy/checks/mod.ts";
import { runController } from "../runtime/controller.ts";
import { WorkQueue } from "../runtime/work_queue.ts";
import type { Context, StatusChange } from "./context.ts";
import { EventRecorder } from "./event_recorder.ts";
import { findStuck, withinReconcileTime } from "./liveness.ts";
import { measureLoopLag } from "./loop_lag.ts";
import { Reachability } from "./reachability.ts";
import { OwnWrites } from "./own_writes.ts";
import { reconcile } from "./reconcile.ts";
import { RefreshBudget } from "./refresh_budget.ts";
import { tellDropped, toObserver } from "./reports.ts";
import { Rivals } from "./rivals.ts";
import { createHandler, type Listen, listen, type ListenAddress } from "./server.ts";
import { Sources } from "./sources.ts";
import { writesSignal } from "./writes_signal.ts";

/** What the operator is started with. */
export interface OperatorOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** The namespaces to watch; all when empty. */
  readonly namespaces: readonly string[];
  readonly systemNamespaces: readonly string[];
  readonly requeueMs: number;
  /** Where to serve health and metrics; undefined for nowhere. */
  readonly listenOn: ListenAddress | undefined;
  /** How to serve them; by a server of the operator's own when left out. */
  readonly listen?: Listen;
  /** Aborts when all must end at once, writes under way included: somebody else may be writing. */
  readonly lost?: AbortSignal;
  readonly memory: () => { readonly rss: number; readonly heapUsed: number };
  /** Says an error met while doing `what` in one sentence, with the next step. */
  readonly explain: (error: unknown, what: string) => string;
  /** Whether an error met before anything was read will not heal by itself. */
  readonly isHopeless: (error: unknown) => boolean;
  readonly onStatus: (change: StatusChange) => void;
}

/**
 * Runs until `signal` aborts and the writes under way have ended.
 *
 * @throws {ListenError} when the metrics address cannot be had
 * @throws what `isHopeless` called hopeless
 */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const { cluster, clock, log, namespaces, systemNamespaces, requeueMs, onStatus } = options;
  const { lost = new AbortController().signal, listen: serve = listen } = options;
  using end = linkedAbort(signal, lost);
  const stop = end.signal;
  const stretch = new Stretch(clock);
  const reachability = new Reachability({ line: cluster.line ?? new Line(), clock });
  let hopeless: { readonly error: unknown } | undefined;

  const queue: WorkQueue<ObjectRef> = new WorkQueue({
    clock,
    keyOf: refKey,
    onWait: (ms) => metrics.observeWait(ms / 1000),
  });
  const metrics: OperatorMetrics = new OperatorMetrics({
    version: options.version,
    checks: CHECKS.map(({ id }) => id),
    queue: () => queue.state(),
    ages: () => sources.ages,
    memory: options.memory,
    loopLag: measureLoopLag(clock, stop),
  });
  const rivals = new Rivals({ clock, log });
  const own = new OwnWrites({
    find: (ref) => sources.policies.get(ref),
    onOverwritten: ({ namespace, name }) =>
      queue.add({ namespace, name }, rivals.delayMs({ namespace, name })),
  });
  const sources: Sources = new Sources({
    cluster,
    clock,
    stretch,
    log,
    metrics,
    reachability,
    namespaces,
    explain: options.explain,
    // A reference of its own: a queue that held the policy would keep an old one alive.
    enqueue({ namespace, name }, edited = false) {
      if (edited) queue.addFirst({ namespace, name });
      else queue.add({ namespace, name });
    },
    onTouched: (before, after) => own.changed(before, after),
    onEarlyFailure(error) {
      if (!options.isHopeless(error)) return false;
      hopeless = { error };
      end.abort();
      return true;
    },
  });

  try {
    await using server = options.listenOn &&
      serve(
        options.listenOn,
        createHandler({
          stuck: () => findStuck(queue.state()),
          missing: () => sources.missing,
          metrics,
          clock,
          stretch,
        }),
      );
    if (server) log.info("serving health and metrics", { address: server.address });
    const filling = sources.run(stop);
    await sources.ready;
    if (!stop.aborted && sources.missing.length === 0) {
      log.info("ready", { policies: sources.policies.size, pods: sources.pods.size });
    }

    using writes = writesSignal(clock, stop, lost);
    const events = new EventRecorder({
      client: cluster.events,
      clock,
      log,
      metrics,
      explain: (error) => options.explain(error, "write events"),
      mayBegin: (signal) => reachability.answered(signal),
    });
    const recording = events.run(stop);
    const context: Context = {
      policies: sources.policies,
      pods: sources.pods,
      podsProblem: (namespace) => sources.podsProblem(namespace),
      client: cluster.client,
      clock,
      stretch,
      metrics,
      systemNamespaces,
      requeueMs,
      refreshes: new RefreshBudget(),
      onStatus,
      onNews: (policy, news) => events.record(policy, news),
      own,
      onDropped: tellDropped(log),
      signal: writes.signal,
    };
    const observer = toObserver(options, metrics);
    const asking = reachability.run(context, stop);
    await runController({
      queue,
      keyOf: refKey,
      reconcile: (ref) => withinReconcileTime((signal) => reconcile(ref, { ...context, signal }), context),
      mayBegin: () => reachability.answered(stop),
      clock,
      stretch,
      observer,
    }, stop);
    await Promise.all([recording, asking]);
    await events.finish(writes.signal);
    await filling;
  } finally {
    end.abort();
  }
  if (hopeless) throw hopeless.error;
}
