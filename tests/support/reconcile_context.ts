/** What a reconcile of one policy works with, where only a few parts of it matter to a test. */

import assert from "node:assert/strict";
import { type DevOpsPolicy, FINALIZER } from "../../lib/api/devops_policy.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import type { Context } from "../../lib/operator/context.ts";
import { OwnWrites } from "../../lib/operator/own_writes.ts";
import { RefreshBudget } from "../../lib/operator/refresh_budget.ts";
import { CHECKS } from "../../lib/policy/checks/mod.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { Store } from "../../lib/runtime/store.ts";
import { STRICT } from "./arbitraries.ts";
import type { BusyClock } from "./busy_clock.ts";
import { metrics } from "./operator_metrics.ts";

/** A policy with all checks on, which is ours to clean up after, and has no status yet. */
export const POLICY: DevOpsPolicy = {
  namespace: "production",
  name: "strict",
  resourceVersion: "1",
  metadata: { namespace: "production", name: "strict", uid: "u", generation: 1, finalizers: [FINALIZER] },
  spec: STRICT,
  status: undefined,
};

/** The parts that a test may choose. */
export interface ContextOptions {
  readonly clock: BusyClock;
  readonly stretch?: Stretch;
}

/** A context whose stores hold {@linkcode POLICY} and no pods, and the statuses that are written, as the server reads them. */
export function reconcileContext(
  { clock, stretch = new Stretch(clock) }: ContextOptions,
): { readonly context: Context; readonly written: PolicyStatus[] } {
  const policies = new Store<DevOpsPolicy>();
  policies.apply(POLICY);
  const written: PolicyStatus[] = [];
  const unexpected = () => assert.fail("there is nothing to read or to patch");
  const context: Context = {
    policies,
    pods: new Store<PodFacts>(),
    podsProblem: () => undefined,
    client: {
      get: unexpected,
      probe: unexpected,
      patch: unexpected,
      patchStatus(_ref, { status }) {
        const read = structuredClone(status as PolicyStatus);
        written.push(read);
        return Promise.resolve({ ...POLICY, resourceVersion: `${written.length + 1}`, status: read });
      },
    },
    clock,
    stretch,
    metrics: metrics({ checks: CHECKS.map(({ id }) => id) }),
    systemNamespaces: [],
    requeueMs: 30_000,
    refreshes: new RefreshBudget(),
    onStatus() {},
    onNews() {},
    own: new OwnWrites({ find: (ref) => policies.get(ref), onOverwritten() {} }),
    onDropped: (fields) => assert.deepEqual(fields, []),
    signal: new AbortController().signal,
  };
  return { context, written };
}
