/** What the operator knows of a cluster: both stores, the reflectors that fill them, and how far they can be trusted. */

import type { Clock } from "../api/clock.ts";
import { type DevOpsPolicy, POLICY_RESOURCE } from "../api/devops_policy.ts";
import type { Logger } from "../api/logger.ts";
import type { ObjectRef } from "../api/object.ts";
import type { PodFacts } from "../api/pod_facts.ts";
import type { Cluster } from "../api/ports.ts";
import type { Stretch } from "../api/stretch.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import { runReflector } from "../runtime/reflector.ts";
import { Store } from "../runtime/store.ts";
import type { WatcherObserver } from "../runtime/watcher_event.ts";
import { staleness } from "./freshness.ts";
import type { Reachability } from "./reachability.ts";
import { SourceHealth } from "./source_health.ts";
import { podTriggers, policyTriggers } from "./triggers.ts";

/** What the sources need. */
export interface SourcesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** The time that all long work shares. */
  readonly stretch: Stretch;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
  /** Hears which of the watchers meet an answer. */
  readonly reachability: Reachability;
  /** The namespaces to read; all when empty. */
  readonly namespaces: readonly string[];
  /** Says an error met while doing `what` in one sentence, with the next step. */
  readonly explain: (error: unknown, what: string) => string;
  /** Hears of each policy that wants a reconcile; of `edited` ones somebody wants to see the result. */
  readonly enqueue: (policy: ObjectRef, edited?: boolean) => void;
  /** Hears of each other change of a policy. */
  readonly onTouched: (before: DevOpsPolicy, after: DevOpsPolicy) => void;
  /** Hears of an error before its collection has ever been read, and says whether that ends the operator. */
  readonly onEarlyFailure: (error: unknown) => boolean;
}

/** A namespace of its own, or (undefined) all of them. */
type Scope = string | undefined;

/** Both collections, in every scope. */
export class Sources {
  readonly policies = new Store<DevOpsPolicy>();
  readonly pods = new Store<PodFacts>();
  readonly #options: SourcesOptions;
  readonly #scopes: readonly Scope[];
  readonly #policyHealth: ReadonlyMap<Scope, SourceHealth>;
  readonly #podHealth: ReadonlyMap<Scope, SourceHealth>;
  readonly #ready = Promise.withResolvers<void>();

  constructor(options: SourcesOptions) {
    this.#options = options;
    this.#scopes = options.namespaces.length === 0 ? [undefined] : options.namespaces;
    this.#policyHealth = this.#healthOf(POLICY_RESOURCE.plural, () => this.#changed());
    this.#podHealth = this.#healthOf("pods", (scope) => {
      this.#changed();
      void options.stretch.forEach(this.policies.list(scope), (policy) => options.enqueue(policy));
    });
  }

  /** Resolves once policies can be reconciled: each collection has been read, or is known not to be readable. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The resources of which the state is not known: not read yet, out of date, or not to be trusted any more. */
  get missing(): readonly string[] {
    const unknown = this.#all().filter(({ isFresh }) => !isFresh);
    return [...new Set(unknown.map(({ resource }) => resource))].map((resource) =>
      staleness(resource, this.ages.get(resource) ?? 0) ?? resource
    );
  }

  /** How long ago each resource was last known to be current, in milliseconds; of those that have been read. */
  get ages(): ReadonlyMap<string, number> {
    const ages = new Map<string, number>();
    for (const { resource, ageMs } of this.#all()) {
      if (ageMs !== undefined) ages.set(resource, Math.max(ageMs, ages.get(resource) ?? 0));
    }
    return ages;
  }

  /** Why the pods of `namespace` are not to be trusted; undefined when they are. */
  podsProblem(namespace: string): string | undefined {
    return (this.#podHealth.get(namespace) ?? this.#podHealth.get(undefined))?.problem;
  }

  /** Fills the stores until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#ready.resolve());
    if (signal.aborted) this.#ready.resolve();
    await Promise.all(
      this.#scopes.flatMap((scope) => [this.#runPolicies(scope, signal), this.#runPods(scope, signal)]),
    );
    for (const health of this.#all()) health[Symbol.dispose]();
  }

  #runPolicies(namespace: Scope, signal: AbortSignal): Promise<void> {
    const { cluster, clock, stretch, metrics, enqueue } = this.#options;
    return runReflector({
      source: cluster.policies({
        namespace,
        onUnreadable: () => metrics.observeUnreadable(POLICY_RESOURCE.plural),
      }),
      clock,
      stretch,
      store: this.policies,
      namespace,
      observer: this.#observer(this.#policyHealth, namespace),
      onChange: (before, after) => {
        const policy = after ?? before;
        if (policy === undefined) return;
        if (policyTriggers(before, after)) enqueue(policy, this.#policyHealth.get(namespace)?.synced);
        else if (before !== undefined && after !== undefined) this.#options.onTouched(before, after);
      },
    }, signal);
  }

  #runPods(namespace: Scope, signal: AbortSignal): Promise<void> {
    const { cluster, clock, stretch, metrics, enqueue } = this.#options;
    return runReflector({
      source: cluster.pods({ namespace, onUnreadable: () => metrics.observeUnreadable("pods") }),
      clock,
      stretch,
      store: this.pods,
      namespace,
      observer: this.#observer(this.#podHealth, namespace),
      onChange: (before, after) => {
        const pod = after ?? before;
        if (pod === undefined || !podTriggers(before, after)) return;
        for (const policy of this.policies.list(pod.namespace)) enqueue(policy);
      },
    }, signal);
  }

  #healthOf(resource: string, onChange: (scope: Scope) => void): ReadonlyMap<Scope, SourceHealth> {
    const { clock, log, metrics, explain, onEarlyFailure } = this.#options;
    return new Map(this.#scopes.map((namespace) => [
      namespace,
      new SourceHealth({
        resource,
        namespace,
        clock,
        log,
        metrics,
        explain: (error) => explain(error, `list and watch ${resource}`),
        onChange: () => onChange(namespace),
        onEarlyFailure,
      }),
    ]));
  }

  #observer(health: ReadonlyMap<Scope, SourceHealth>, namespace: Scope): WatcherObserver | undefined {
    const own = health.get(namespace);
    return own && this.#options.reachability.following(own);
  }

  /** One namespace that may not be read must not hold up the others; what is not to be had says so in its policies. */
  #changed(): void {
    if (this.#all().every(({ synced, problem }) => synced || problem !== undefined)) this.#ready.resolve();
  }

  #all(): readonly SourceHealth[] {
    return [...this.#policyHealth.values(), ...this.#podHealth.values()];
  }
}
