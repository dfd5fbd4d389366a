/** A status that somebody else writes over is made true again at once; our own writes and what is not ours bring nothing up. */

import assert from "node:assert/strict";
import { GROUP } from "../contract/team.ts";
import { once } from "../support/faults.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, type RunningOperator, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, valueOf } from "../support/scrape.ts";

const STRICT = `${GROUP}/namespaces/production/devopspolicies/strict`;
const FOREIGN = {
  type: "Audited",
  status: "True",
  reason: "Seen",
  message: "",
  lastTransitionTime: "2026-01-01T00:00:00Z",
};

/** An operator that has told the truth of one pod. */
async function startTrue(): Promise<RunningOperator> {
  const operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: [FINALIZER] });
  }, ON_A_FREE_PORT);
  await operator.clock.advance(1_000);
  operator.newWrites();
  return operator;
}

/** How many reconciles there have been. */
async function reconciles(operator: RunningOperator): Promise<number> {
  return valueOf((await get(operator, "/metrics")).text, "devopspolicy_reconcile_total");
}

for (
  const [what, change] of [
    ["a wrong score", (status) => ({ ...status, healthScore: 1 })],
    ["another class", (status) => ({ ...status, classification: "Critical" })],
    ["fewer findings", (status) => ({ ...status, findings: [] })],
    ["fewer conditions", ({ conditions, ...status }) => ({ ...status, conditions: conditions?.slice(0, 1) })],
    ["a heartbeat of tomorrow", (status) => ({ ...status, lastEvaluated: "2026-02-23T10:00:00Z" })],
    ["no status at all", () => ({})],
  ] as readonly (readonly [string, (status: PolicyStatus) => object])[]
) {
  Deno.test(`runOperator() makes a status true again at once when somebody has written ${what}`, async () => {
    await using operator = await startTrue();
    const { cluster, clock } = operator;
    const before = await operator.status();
    await cluster.putStatus(change(before));
    await clock.advance(0);
    assert.deepEqual(timeless(await operator.status()), timeless(before));
    assert.equal((await operator.status()).lastEvaluated, "2026-02-22T10:00:01Z");
  });
}

/** A status without the times in it. */
function timeless({ lastEvaluated: _, conditions = [], ...status }: PolicyStatus): object {
  return { ...status, conditions: conditions.map(({ lastTransitionTime: _, ...condition }) => condition) };
}

Deno.test("runOperator() does not look again at what others write beside its own part", async () => {
  await using operator = await startTrue();
  const { cluster, clock } = operator;
  const before = await reconciles(operator);
  const { conditions = [] } = await operator.status();
  await cluster.send("PATCH", `${STRICT}/status`, { status: { conditions: [...conditions, FOREIGN] } });
  await cluster.send("PATCH", STRICT, { metadata: { labels: { team: "shop" } } });
  await clock.advance(1_000);
  assert.equal(await reconciles(operator), before);
  assert.deepEqual(operator.newWrites(), []);
});

/** Has the answers to status writes wait, each until the next call of what this gives. */
function holdAnswers({ cluster }: RunningOperator): () => void {
  let gate = Promise.withResolvers<void>();
  cluster.fault = async ({ verb }, next) => {
    const answer = await next();
    if (verb === "patchStatus") await gate.promise;
    return answer;
  };
  return () => {
    gate.resolve();
    gate = Promise.withResolvers();
  };
}

for (const isEarly of [false, true]) {
  Deno.test(`runOperator() reconciles and writes once for each of 60 changes, echoes ${isEarly ? "before" : "behind"} the answers`, async () => {
    await using operator = await startTrue();
    const { cluster, clock } = operator;
    const before = await reconciles(operator);
    const answer = isEarly ? holdAnswers(operator) : () => cluster.deliver("devopspolicies");
    for (let i = 0; i < 60; i++) {
      if (!isEarly) cluster.withhold("devopspolicies");
      await cluster.putPod(pod("web").container("app", { image: "app", restarts: i + 4 }));
      await clock.advance(0);
      answer();
      await clock.advance(200);
    }
    assert.equal(operator.newWrites().length, 60);
    assert.equal(await reconciles(operator), before + 60);
  });
}

Deno.test("runOperator() sees what is written over its write before that is answered", async () => {
  await using operator = await startTrue();
  const { cluster, clock } = operator;
  const answer = holdAnswers(operator);
  await cluster.putPod(pod("web").container("app", { image: "app", restarts: 9 }));
  await clock.advance(0);
  await cluster.send("PATCH", `${STRICT}/status`, { status: { violations: 9 } });
  await clock.advance(0);
  answer();
  await clock.advance(100);
  answer();
  await clock.advance(0);
  assert.equal((await operator.status()).violations, 2);
  assert.equal(operator.newWrites().length, 2);
});

Deno.test("runOperator() answers a rival that never gives in ever more slowly, and says so once", async () => {
  await using operator = await startTrue();
  const { cluster, clock } = operator;
  cluster.fault = async ({ verb }, next) => {
    const answer = await next();
    if (verb === "patchStatus") await cluster.putStatus({ ...await operator.status(), healthScore: 1 });
    return answer;
  };
  await cluster.send("PATCH", `${STRICT}/status`, { status: { healthScore: 1 } });
  await clock.advance(60_000);
  const inTheFirst = operator.newWrites().length;
  assert(inTheFirst >= 6 && inTheFirst <= 12, `${inTheFirst} writes in the first minute`);
  await clock.advance(300_000);
  const later = operator.newWrites().length;
  assert(later <= 20, `${later} writes in the next five minutes`);
  assert.deepEqual(operator.warnings(), [
    "somebody else keeps writing the status of a policy, answering ever more slowly",
  ]);
  await cluster.putPod(pod("web").container("app"));
  await clock.advance(200);
  assert(operator.newWrites().length >= 1, "a change of the pods waits for no fight");
});

Deno.test("runOperator() that loses a race to somebody else's status makes it true with its next write", async () => {
  await using operator = await startTrue();
  const { cluster, clock } = operator;
  cluster.fault = once("patchStatus", async () => {
    await cluster.send("PATCH", `${STRICT}/status`, { status: { violations: 9 } });
  });
  await cluster.deletePod("web");
  await clock.advance(200);
  assert.deepEqual(cluster.answers().slice(-3), ["patchStatus 409", "get 200", "patchStatus 200"]);
  assert.equal((await operator.status()).violations, 0);
});
