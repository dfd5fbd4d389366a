/** The operator: changes become work, work is done by the controller, and all of it ends when asked to. */

import { linkedAbort } from "../api/abort.ts";
import type { Clock } from "../api/clock.ts";
import { errorKind } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import type { Cluster } from "../api/ports.ts";
import { Stretch } from "../api/stretch.ts";
import { OperatorMetrics } from "../metrics/metrics.ts";
import { CHECKS } from "../policy/checks/mod.ts";
import { type ControllerObserver, runController } from "../runtime/controller.ts";
import { WorkQueue } from "../runtime/work_queue.ts";
import type { Context, StatusChange } from "./context.ts";
import { measureLoopLag } from "./loop_lag.ts";
import { reconcile } from "./reconcile.ts";
import { RefreshBudget } from "./refresh_budget.ts";
import { createHandler, listen, type ListenAddress } from "./server.ts";
import { Sources } from "./sources.ts";

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
  readonly memory: () => { readonly rss: number; readonly heapUsed: number };
  /** Says an error met while doing `what` in one sentence, with the next step. */
  readonly explain: (error: unknown, what: string) => string;
  /** Whether an error met before anything was read will not heal by itself. */
  readonly isHopeless: (error: unknown) => boolean;
  readonly onStatus: (change: StatusChange) => void;
}

/** Writes under way at a shutdown get this long to end; milliseconds. */
const LAST_WRITES_MS = 8_000;

/**
 * Runs until `signal` aborts and the writes under way have ended.
 *
 * @throws {ListenError} when the metrics address cannot be had
 * @throws what `isHopeless` called hopeless
 */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const { cluster, clock, log, namespaces, systemNamespaces, requeueMs, onStatus } = options;
  using end = linkedAbort(signal);
  const stop = end.signal;
  const stretch = new Stretch(clock);
  let hopeless: { readonly error: unknown } | undefined;

  const queue: WorkQueue<ObjectRef> = new WorkQueue({
    clock,
    keyOf: refKey,
    onWait: (ms) => metrics.observeWait(ms / 1000),
  });
  const metrics = new OperatorMetrics({
    version: options.version,
    checks: CHECKS.map(({ id }) => id),
    queueDepth: () => queue.depth,
    memory: options.memory,
    loopLag: measureLoopLag(clock, stop),
  });
  const sources = new Sources({
    cluster,
    clock,
    stretch,
    log,
    metrics,
    namespaces,
    explain: options.explain,
    // A reference of its own: a queue that held the policy would keep an old one alive.
    enqueue({ namespace, name }, edited = false) {
      if (edited) queue.addFirst({ namespace, name });
      else queue.add({ namespace, name });
    },
    onEarlyFailure(error) {
      if (!options.isHopeless(error)) return false;
      hopeless = { error };
      end.abort();
      return true;
    },
  });

  try {
    await using server = options.listenOn &&
      listen(options.listenOn, createHandler({ missing: () => sources.missing, metrics, clock, stretch }));
    if (server) log.info("serving health and metrics", { address: server.address });
    const filling = sources.run(stop);
    await sources.ready;
    if (!stop.aborted && sources.missing.length === 0) {
      log.info("ready", { policies: sources.policies.size, pods: sources.pods.size });
    }

    const writes = writesSignal(clock, stop);
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
      written: new WeakMap(),
      onDropped: tellDropped(log),
      signal: writes.signal,
    };
    const observer = toObserver(options, metrics);
    await runController({
      queue,
      keyOf: refKey,
      reconcile: (ref) => reconcile(ref, context),
      mayBegin: () => sources.answered(stop),
      clock,
      stretch,
      observer,
    }, stop);
    writes.cancel();
    await filling;
  } finally {
    end.abort();
  }
  if (hopeless) throw hopeless.error;
}

function toObserver(
  { log, explain }: OperatorOptions,
  metrics: OperatorMetrics,
): ControllerObserver<ObjectRef> {
  return {
    reconciled: (_ref, ms) => metrics.observeReconcile(ms / 1000, false),
    failed(ref, error, ms, retryAfterMs) {
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
function tellDropped(log: Logger): Context["onDropped"] {
  let told = false;
  return (fields) => {
    if (told || fields.length === 0) return;
    told = true;
    log.warn("the installed CRD does not keep all of a status, run `kube-devops crd install --upgrade`", {
      dropped: fields.join(", "),
    });
  };
}

/** A signal that aborts some time after `stop` does, unless it is cancelled because all is written. */
function writesSignal(clock: Clock, stop: AbortSignal): { readonly signal: AbortSignal; cancel(): void } {
  const late = new AbortController();
  let cancel = () => {};
  const start = () => cancel = clock.after(LAST_WRITES_MS, () => late.abort());
  if (stop.aborted) start();
  else stop.addEventListener("abort", start, { once: true });
  return { signal: late.signal, cancel: () => cancel() };
}
