/** What a reconcile works with: everything that it reads, writes or tells, as arguments. */

import type { Clock } from "../api/clock.ts";
import type { DevOpsPolicy } from "../api/devops_policy.ts";
import type { ObjectRef } from "../api/object.ts";
import type { PodFacts } from "../api/pod_facts.ts";
import type { PolicyClient } from "../api/ports.ts";
import type { Stretch } from "../api/stretch.ts";
import type { OperatorMetrics } from "../metrics/metrics.ts";
import type { News } from "../policy/news.ts";
import type { PolicyStatus } from "../policy/status_schema.ts";
import type { Store } from "../runtime/store.ts";
import type { OwnWrites } from "./own_writes.ts";
import type { RefreshBudget } from "./refresh_budget.ts";

/** A status that says something new, as it was written. */
export interface StatusChange extends ObjectRef {
  readonly status: PolicyStatus;
}

/** What a reconcile works with. */
export interface Context {
  readonly policies: Store<DevOpsPolicy>;
  readonly pods: Store<PodFacts>;
  /** Why the pods of a namespace are not to be trusted; undefined when they are. */
  readonly podsProblem: (namespace: string) => string | undefined;
  readonly client: PolicyClient;
  readonly clock: Clock;
  /** The time that all long work shares. */
  readonly stretch: Stretch;
  readonly metrics: OperatorMetrics;
  readonly systemNamespaces: readonly string[];
  /** A policy is evaluated again after this, whatever happens; milliseconds. */
  readonly requeueMs: number;
  readonly refreshes: RefreshBudget;
  readonly onStatus: (change: StatusChange) => void;
  /** Tells the users of a policy what its new status has for news. */
  readonly onNews: (policy: DevOpsPolicy, news: readonly News[]) => void;
  readonly own: OwnWrites;
  /** Hears of the fields of a status that the server did not keep. */
  readonly onDropped: (fields: readonly string[]) => void;
  /** Aborts when writes must end. */
  readonly signal: AbortSignal;
}
