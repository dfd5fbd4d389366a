/** A namespace of 20,000 pods: nobody waits long for its evaluation, and what it says was true at one moment. */

import assert from "node:assert/strict";
import { type DevOpsPolicy, FINALIZER } from "../../lib/api/devops_policy.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import type { Context } from "../../lib/operator/context.ts";
import { OwnWrites } from "../../lib/operator/own_writes.ts";
import { reconcile } from "../../lib/operator/reconcile.ts";
import { RefreshBudget } from "../../lib/operator/refresh_budget.ts";
import { CHECKS } from "../../lib/policy/checks/mod.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { Store } from "../../lib/runtime/store.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { metrics } from "../support/operator_metrics.ts";
import { STRICT } from "../support/arbitraries.ts";
import { pod } from "../support/pod_builder.ts";

const PODS = 20_000;
/** What it costs to evaluate one pod on a slow machine; milliseconds. */
const COST_MS = 0.02;

const policy: DevOpsPolicy = {
  namespace: "production",
  name: "strict",
  resourceVersion: "1",
  metadata: { namespace: "production", name: "strict", uid: "u", generation: 1, finalizers: [FINALIZER] },
  spec: STRICT,
  status: undefined,
};

/** A policy over many pods, each of which takes time to look at; `onTurn` is called at each turn of the others. */
function largeNamespace(onTurn: (pods: Store<PodFacts>) => void = () => {}) {
  const clock = new BusyClock();
  const pods = new Store<PodFacts>();
  for (let i = 0; i < PODS; i++) {
    const facts = pod(`pod-${i}`).container("app", { image: i % 2 === 0 ? "app" : "app:1" }).facts();
    pods.apply({
      ...facts,
      get containers() {
        clock.work(COST_MS / 4);
        return facts.containers;
      },
    });
  }
  const policies = new Store<DevOpsPolicy>();
  policies.apply(policy);
  const written: PolicyStatus[] = [];
  const unexpected = () => assert.fail("there is nothing to read or to patch");
  const context: Context = {
    policies,
    pods,
    podsProblem: () => undefined,
    client: {
      get: unexpected,
      probe: unexpected,
      patch: unexpected,
      patchStatus(_ref, { status }) {
        written.push(status as PolicyStatus);
        return Promise.resolve({ ...policy, resourceVersion: "2", status });
      },
    },
    clock,
    stretch: new Stretch({
      monotonic: () => clock.monotonic(),
      after: (ms, callback) =>
        clock.after(ms, () => {
          onTurn(pods);
          callback();
        }),
    }),
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
  return { clock, context, written };
}

Deno.test("reconcile() of 20,000 pods lets others in between at least every 20 ms", async () => {
  const { clock, context, written } = largeNamespace();
  await reconcile(policy, context);
  assert.equal(written.length, 1);
  assert.deepEqual([written[0]?.pods, written[0]?.violations], [PODS, PODS / 2]);
  assert(clock.monotonic() >= PODS * COST_MS / 2, "evaluating is the work");
  assert(clock.longest <= 20, `${clock.longest} ms at a stretch`);
});

Deno.test("reconcile() says what was true when it began, whatever happens to the pods meanwhile", async () => {
  let turns = 0;
  const { context, written } = largeNamespace((pods) => {
    if (turns++ > 0) return;
    // Seen already, deleted and created again; not seen yet, and gone; and one more.
    for (const name of ["pod-0", `pod-${PODS - 1}`]) {
      const facts = pods.get({ namespace: "production", name })!;
      pods.delete(facts);
      if (name === "pod-0") pods.apply(facts);
    }
    pods.apply(pod("new").container("app", { image: "app" }).facts());
  });
  await reconcile(policy, context);
  assert(turns > 1);
  assert.deepEqual([written[0]?.pods, written[0]?.violations], [PODS, PODS / 2]);
});

Deno.test("reconcile() of a few pods lets nobody in between, as that would take longer than the work", async () => {
  const { clock, context } = largeNamespace();
  const few = Array.from(context.pods.list()).slice(20);
  for (const facts of few) context.pods.delete(facts);
  await reconcile(policy, context);
  assert.equal(clock.turns, 0);
});
