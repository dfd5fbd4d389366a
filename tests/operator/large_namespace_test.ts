/** A namespace of 20,000 pods: nobody waits long for its evaluation, and what it says was true at one moment. */

import assert from "node:assert/strict";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import { reconcile } from "../../lib/operator/reconcile.ts";
import type { Store } from "../../lib/runtime/store.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { pod } from "../support/pod_builder.ts";
import { POLICY, reconcileContext } from "../support/reconcile_context.ts";

const PODS = 20_000;
/** What it costs to evaluate one pod on a slow machine; milliseconds. */
const COST_MS = 0.02;

/** A policy over many pods, each of which takes time to look at; `onTurn` is called at each turn of the others. */
function largeNamespace(onTurn: (pods: Store<PodFacts>) => void = () => {}) {
  const clock = new BusyClock();
  const stretch = new Stretch({
    monotonic: () => clock.monotonic(),
    after: (ms, callback) =>
      clock.after(ms, () => {
        onTurn(context.pods);
        callback();
      }),
  });
  const { context, written } = reconcileContext({ clock, stretch });
  for (let i = 0; i < PODS; i++) {
    const facts = pod(`pod-${i}`).container("app", { image: i % 2 === 0 ? "app" : "app:1" }).facts();
    context.pods.apply({
      ...facts,
      get containers() {
        clock.work(COST_MS / 4);
        return facts.containers;
      },
    });
  }
  return { clock, context, written };
}

Deno.test("reconcile() of 20,000 pods lets others in between at least every 10 ms", async () => {
  const { clock, context, written } = largeNamespace();
  await reconcile(POLICY, context);
  assert.equal(written.length, 1);
  assert.deepEqual([written[0]?.pods, written[0]?.violations], [PODS, PODS / 2]);
  assert(clock.monotonic() >= PODS * COST_MS / 2, "evaluating is the work");
  assert(clock.longest <= 10, `${clock.longest} ms at a stretch`);
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
  await reconcile(POLICY, context);
  assert(turns > 1);
  assert.deepEqual([written[0]?.pods, written[0]?.violations], [PODS, PODS / 2]);
});

Deno.test("reconcile() of a few pods lets nobody in between, as that would take longer than the work", async () => {
  const { clock, context } = largeNamespace();
  const few = Array.from(context.pods.list()).slice(20);
  for (const facts of few) context.pods.delete(facts);
  await reconcile(POLICY, context);
  assert.equal(clock.turns, 0);
});
