/** Plays a schedule, lets what remains come to rest, and judges what has become of everything. */

import assert from "node:assert/strict";
import { chance } from "../support/chance.ts";
import type { Call } from "../support/front.ts";
import { type Action, play } from "./actions.ts";
import { assertMetrics, assertSettled } from "./assert_settled.ts";
import type { Schedule, Step } from "./schedule.ts";
import { POLICIES, World } from "./world.ts";

/** By then what was there at first has been dealt with for good; milliseconds. */
const FIRST_MS = 1_000;
/** By then every retry, and every watch that was frozen, has come round; milliseconds. */
const SETTLING_MS = 110_000;
/** For so long nothing must be written but heartbeats, where there are any; milliseconds. */
const QUIET_MS = 31_000;

/**
 * Asserts that once nothing happens any more, every status is true, and stays so without another write than heartbeats.
 *
 * Chance is drawn from `seed`, so that a schedule always goes the same way.
 */
export async function judge(schedule: Schedule, seed: number): Promise<void> {
  using _ = seededRandom(seed);
  await using world = await World.create(schedule);
  const { clock, cluster, wire } = world;
  if (schedule.isPopulated) {
    for (const action of POPULATION) await play(action, world);
    // What is still to be done for a change of then would make good what is missed of a change of now.
    await world.pass(FIRST_MS);
  }
  await clock.advance(0);
  for (const step of schedule.steps) await playStep(step, world);
  wire.heal();
  await world.pass(SETTLING_MS);
  await assertAllTrue(world);

  const before = cluster.writes.length;
  await world.pass(QUIET_MS);
  await assertAllTrue(world);
  if (!schedule.steps.some(({ action }) => action.do === "mishap")) {
    assertReadAfterConflicts(cluster.policyCalls);
  }
  assert.deepEqual(wire.outdated, [], "writes from a state of which the operator knew that it was over");
  if (!schedule.hasHeartbeat) {
    assert.equal(cluster.writes.length, before, "writes after all has come to rest");
  }
  for (const write of cluster.writes.slice(before)) assertHeartbeat(write, cluster.writes.slice(0, before));
  assertMetrics(await world.metrics(), await world.policies(), POLICIES);
}

const WATCHED = ["devopspolicies", "pods"] as const;
const POPULATION: readonly Action[] = [
  { do: "put-pod", pod: 0, as: 1 },
  { do: "put-pod", pod: 2, as: 0 },
  { do: "put-policy", policy: 0, spec: 0 },
  { do: "put-policy", policy: 1, spec: 0 },
  { do: "put-policy", policy: 2, spec: 1 },
];

/** Lets one thing happen, and another one in the middle of what comes of it. */
async function playStep({ action, rests, meanwhile }: Step, world: World): Promise<void> {
  const { wire, clock } = world;
  if (meanwhile === undefined) {
    await play(action, world);
    if (rests) await clock.advance(0);
    return;
  }
  const { moment, telling } = meanwhile;
  const catchUp = wire.interjections.at(moment, async () => {
    if (telling !== "at-once") { for (const resource of WATCHED) wire.mute(resource); }
    await play(meanwhile.action, world);
  });
  await play(action, world);
  await clock.advance(0);
  await catchUp();
  await clock.advance(0);
  if (telling === "by-reading-again") {
    world.compact();
    for (const resource of WATCHED) wire.cut(resource, "ended");
  }
  if (telling !== "at-once") { for (const resource of WATCHED) wire.unmute(resource); }
}

async function assertAllTrue(world: World): Promise<void> {
  const { clock, users, requeueMs } = world;
  const [policies, pods] = [await world.policies(), await world.pods()];
  for (const policy of policies) {
    assertSettled(policy, { pods, now: clock.now(), requeueMs, foreign: users.foreign(policy.metadata) });
    assert.equal(users.lost(policy), undefined, "what others wrote is gone");
  }
}

/** Asserts that a write says only that the operator is alive: all but the moment is as it was in the last one. */
function assertHeartbeat({ verb, namespace, name, body, code }: Call, earlier: readonly Call[]): void {
  const said = (body: unknown) => {
    const { lastEvaluated: _, ...status } = (body as { status: { lastEvaluated?: string } }).status;
    return status;
  };
  const last = earlier.findLast((call) =>
    call.verb === "patchStatus" && call.namespace === namespace && call.name === name
  );
  assert.deepEqual([verb, code], ["patchStatus", 200], "a write after everything has come to rest");
  assert.deepEqual(
    said(body),
    last && said(last.body),
    "a status that changes after everything has come to rest",
  );
}

/** Asserts that whoever lost a race has read the policy again before the next write: the same once more is refused once more. */
function assertReadAfterConflicts(calls: readonly Call[]): void {
  for (const { namespace, name } of POLICIES) {
    const own = calls.filter((call) => call.namespace === namespace && call.name === name);
    own.forEach(({ verb, code }, i) => {
      if (verb === "get" || (code !== 409 && code !== 422)) return;
      assert.equal(own[i + 1]?.verb ?? "get", "get", `what comes after a ${verb} refused with ${code}`);
    });
  }
}

/** Draws chance from `seed` until it is disposed of: what is not injected is jitter, and must not make a run another. */
function seededRandom(seed: number): Disposable {
  const { random } = Math;
  Math.random = chance(seed);
  return { [Symbol.dispose]: () => void (Math.random = random) };
}
