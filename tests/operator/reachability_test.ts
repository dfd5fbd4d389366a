/** Reachability: when it makes sense to write, by what the watchers hear. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import type { Cluster, ListWatch } from "../../lib/api/ports.ts";
import { Reachability } from "../../lib/operator/reachability.ts";
import type { WatcherObserver } from "../../lib/runtime/watcher_event.ts";
import { settled } from "../support/manual_clock.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT } from "../support/scrape.ts";

const REFUSED = new ConnectionError("refused", "connection refused");
const FORBIDDEN = new ApiError({ code: 403, reason: "Forbidden", message: "forbidden" });

function following() {
  const told: string[] = [];
  const observer: WatcherObserver = {
    live: () => told.push("live"),
    heard: () => told.push("heard"),
    ended: (end) => told.push(end),
    forgetful: () => told.push("forgetful"),
  };
  const reachability = new Reachability();
  const [policies, pods] = [reachability.following({ ...observer }), reachability.following({ ...observer })];
  const stopping = new AbortController();
  return {
    told,
    policies,
    pods,
    abort: () => stopping.abort(),
    /** Whether somebody who asks now is let through, now. */
    async isAnswered() {
      let isThrough = false;
      void reachability.answered(stopping.signal).then(() => isThrough = true);
      await settled();
      return isThrough;
    },
  };
}

Deno.test("reachability is believed in as long as one watcher is not known to be cut off", async () => {
  const { policies, pods, isAnswered } = following();
  assert.equal(await isAnswered(), true);
  policies.ended("failed", REFUSED, true);
  assert.equal(await isAnswered(), true);
  pods.ended("failed", REFUSED, true);
  assert.equal(await isAnswered(), false);
});

for (
  const [what, hear, isHeard] of [
    ["a watch that lives", (it: WatcherObserver) => it.live(), true],
    ["an event", (it: WatcherObserver) => it.heard(), true],
    ["a refusal", (it: WatcherObserver) => it.ended("failed", FORBIDDEN, true), true],
    ["history that is gone", (it: WatcherObserver) => it.ended("gone", undefined, true), true],
    ["a watch that was closed", (it: WatcherObserver) => it.ended("closed", undefined, true), true],
    ["no initial events", (it: WatcherObserver) => it.ended("no-watch-list", undefined, true), true],
    ["silence", (it: WatcherObserver) => it.ended("idle", undefined, true), false],
    ["a watch that is overdue", (it: WatcherObserver) => it.ended("overdue", undefined, true), false],
    ["another failure", (it: WatcherObserver) => it.ended("failed", REFUSED, true), false],
  ] as const
) {
  Deno.test(`reachability takes ${what} for ${isHeard ? "an answer" : "none"}`, async () => {
    const { policies, pods, isAnswered } = following();
    for (const it of [policies, pods]) it.ended("failed", REFUSED, true);
    hear(pods);
    assert.equal(await isAnswered(), isHeard);
  });
}

Deno.test("reachability keeps nobody who is to end, and passes on all that it hears", async () => {
  const { policies, pods, told, abort, isAnswered } = following();
  for (const it of [policies, pods]) it.ended("failed", REFUSED, true);
  abort();
  assert.equal(await isAnswered(), true);
  policies.live();
  pods.forgetful?.();
  assert.deepEqual(told, ["failed", "failed", "live", "forgetful"]);
});

Deno.test("runOperator() writes nothing in an outage, and what has changed once somebody answers", async () => {
  let isOut = false;
  const unlessOut = <T>(source: ListWatch<T>): ListWatch<T> => ({
    list: (options, signal) => isOut ? Promise.reject(REFUSED) : source.list(options, signal),
    watch: (options, signal) => isOut ? Promise.reject(REFUSED) : source.watch(options, signal),
  });
  const through = ({ policies, pods, ...rest }: Cluster): Cluster => ({
    policies: (options) => unlessOut(policies(options)),
    pods: (options) => unlessOut(pods(options)),
    ...rest,
  });
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }), {
    through,
    ...ON_A_FREE_PORT,
  });
  const { cluster, clock } = operator;
  operator.newWrites();
  isOut = true;
  cluster.endWatches("pods");
  cluster.endWatches("devopspolicies");
  await clock.advance(600_000);
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  assert.deepEqual(operator.newWrites(), [], "not even a heartbeat");
  assert.equal((await get(operator, "/healthz")).status, 200, "who waits for the network is not stuck");
  isOut = false;
  await clock.advance(57_000);
  assert.equal(operator.newWrites().at(-1), "1 violations across 1 pods — Healthy (95)");
});

Deno.test("runOperator() evaluates a new policy before the many that wait for their turn", async () => {
  const waiting = 60;
  await using operator = await startOperator(async (cluster) => {
    for (let i = 0; i < waiting; i++) await cluster.putPolicy({ name: `p-${i}`, spec: ALL_CHECKS });
  });
  const { cluster, clock } = operator;
  await clock.advance(1_000);
  const gate = Promise.withResolvers<void>();
  cluster.fault = async (call, next) => {
    if (call.verb === "patchStatus") await gate.promise;
    return await next();
  };
  const since = cluster.writes.length;
  await cluster.putPod(pod("web").container("app", { image: "app" }));
  await clock.advance(0);
  const underWay = cluster.writes.length - since;
  assert(underWay < waiting / 2, `${underWay} writes at once`);
  await cluster.putPolicy({ name: "new", spec: ALL_CHECKS });
  await clock.advance(0);
  gate.resolve();
  await clock.advance(1_000);
  const order = cluster.writes.slice(since).map(({ name }) => name);
  // As many as were under way are next, in no order.
  assert(order.indexOf("new") < 2 * underWay, `${order}`);
});
