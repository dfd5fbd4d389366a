/** The operator: stores filled by reflectors, changes turned into work, work done by the controller. */

import type { Clock } from "../api/clock.ts";
import { type DevOpsPolicy, POLICY_RESOURCE } from "../api/devops_policy.ts";
import { errorKind } from "../api/errors.ts";
import type { Logger } from "../api/logger.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import type { PodFacts } from "../api/pod_facts.ts";
import type { Cluster } from "../api/ports.ts";
import { OperatorMetrics } from "../metrics/metrics.ts";
import { CHECKS } from "../policy/checks/mod.ts";
import { runController } from "../runtime/controller.ts";
import { runReflector } from "../runtime/reflector.ts";
import { Store } from "../runtime/store.ts";
import { WorkQueue } from "../runtime/work_queue.ts";
import type { Context, StatusChange } from "./context.ts";
import { measureLoopLag } from "./loop_lag.ts";
import { reconcile } from "./reconcile.ts";
import { RefreshBudget } from "./refresh_budget.ts";
import { createHandler, listen, type ListenAddress } from "./server.ts";
import { SourceHealth } from "./source_health.ts";
import { podTriggers, policyTriggers } from "./triggers.ts";

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
  const { cluster, clock, log, namespaces, systemNamespaces, requeueMs } = options;
  const stop = new AbortController();
  const lastWrites = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);

  const policies = new Store<DevOpsPolicy>();
  const pods = new Store<PodFacts>();
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
    loopLag: measureLoopLag(clock, stopped),
  });

  // One reflector for each resource and scope.
  const scopes = namespaces.length === 0 ? [undefined] : namespaces;
  let hopeless: { readonly error: unknown } | undefined;
  const ready = Promise.withResolvers<void>();
  const healthOf = (resource: string, namespace: string | undefined, onChange: () => void) =>
    new SourceHealth({
      resource,
      namespace,
      log,
      metrics,
      explain: (error) => options.explain(error, `list and watch ${resource}`),
      onChange() {
        if (isReady()) ready.resolve();
        onChange();
      },
      onEarlyFailure(error) {
        if (!options.isHopeless(error)) return;
        hopeless ??= { error };
        stop.abort();
      },
    });
  const policyHealth = scopes.map((scope) => healthOf(POLICY_RESOURCE.plural, scope, () => {}));
  const podHealth = new Map(scopes.map((scope) => [scope, healthOf("pods", scope, () => enqueueAll(scope))]));
  const missing = () => [
    ...new Set(
      [...policyHealth, ...podHealth.values()].filter((health) => !health.synced).map((h) => h.resource),
    ),
  ];
  // Pods that may not be read are an answer too: the policies then say so.
  const isReady = () =>
    policyHealth.every((health) => health.synced) &&
    Array.from(podHealth.values()).every((health) => health.synced || health.denied !== undefined);

  const podsProblem = (namespace: string) => (podHealth.get(namespace) ?? podHealth.get(undefined))?.denied;
  const problems = new Map(scopes.map((scope) => [scope, undefined as string | undefined]));
  const enqueueAll = (scope: string | undefined) => {
    const problem = podHealth.get(scope)?.denied;
    if (problems.get(scope) === problem) return;
    problems.set(scope, problem);
    for (const policy of policies.list(scope)) queue.add(toRef(policy));
  };

  const server = options.listenOn && listen(options.listenOn, createHandler({ missing, metrics }));
  if (server) {
    log.info("serving health and metrics", { address: `${options.listenOn?.hostname}:${server.port}` });
  }

  const reflectors = scopes.flatMap((namespace, i) => [
    runReflector<DevOpsPolicy>({
      source: cluster.policies({
        namespace,
        onUnreadable: () => metrics.observeUnreadable(POLICY_RESOURCE.plural),
      }),
      clock,
      store: policies,
      namespace,
      ...observed(policyHealth[i]),
      onChange(before, after) {
        const policy = after ?? before;
        if (policy !== undefined && policyTriggers(before, after)) queue.add(toRef(policy));
      },
    }, stopped),
    runReflector<PodFacts>({
      source: cluster.pods({ namespace, onUnreadable: () => metrics.observeUnreadable("pods") }),
      clock,
      store: pods,
      namespace,
      ...observed(podHealth.get(namespace)),
      onChange(before, after) {
        for (const policy of podTriggers(before, after, (namespace) => policies.list(namespace))) {
          queue.add(toRef(policy));
        }
      },
    }, stopped),
  ]);

  const context: Context = {
    policies,
    pods,
    podsProblem,
    client: cluster.client,
    clock,
    metrics,
    log,
    systemNamespaces,
    requeueMs,
    refreshes: new RefreshBudget(),
    onStatus: options.onStatus,
    signal: lastWrites.signal,
  };
  stopped.addEventListener("abort", () => ready.resolve());
  await ready.promise;
  if (!stopped.aborted) log.info("ready", { policies: policies.size, pods: pods.size });
  stopped.addEventListener("abort", () => clock.after(LAST_WRITES_MS, () => lastWrites.abort()));
  await runController({
    queue,
    keyOf: refKey,
    reconcile: (ref) => reconcile(ref, context),
    clock,
    observer: {
      reconciled: (_ref, ms) => metrics.observeReconcile(ms / 1000, false),
      failed(ref, error, retryAfterMs) {
        metrics.observeReconcile(0, true);
        log.warn("reconcile failed, trying again", {
          policy: refKey(ref),
          kind: errorKind(error),
          problem: options.explain(error, `update the policy ${refKey(ref)}`),
          retryAfterSeconds: retryAfterMs / 1000,
        });
      },
    },
  }, stopped);
  await Promise.all(reflectors);
  await server?.close();
  if (hopeless) throw hopeless.error;
}

function observed(health: SourceHealth | undefined): { observer?: SourceHealth } {
  return health === undefined ? {} : { observer: health };
}

/** A reference of its own: a queue that held the policy would keep an old one alive. */
function toRef({ namespace, name }: ObjectRef): ObjectRef {
  return { namespace, name };
}
