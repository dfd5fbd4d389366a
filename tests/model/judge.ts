/** Plays a schedule, lets what remains come to rest, and judges what has become of everything. */

import assert from "node:assert/strict";
import { chance } from "../support/chance.ts";
import type { Call } from "../support/front.ts";
import { assertMetrics, assertTrue } from "./oracle.ts";
import { type Action, play, type Schedule } from "./schedule.ts";
import { NAMESPACES, World } from "./world.ts";

/** By then every retry, every watch that was frozen, and every heartbeat has come round; milliseconds. */
const SETTLING_MS = 110_000;
/** For so long nothing must be written but heartbeats; milliseconds. */
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
  if (schedule.isPopulated) { for (const action of POPULATION) await play(action, world); }
  await clock.advance(0);
  for (const step of schedule.steps) {
    await play(step, world);
    if (step.rests) await clock.advance(0);
  }
  wire.heal();
  await world.pass(SETTLING_MS);
  await assertAllTrue(world);

  const before = cluster.writes.length;
  await world.pass(QUIET_MS);
  await assertAllTrue(world);
  if (!schedule.steps.some(({ do: what }) => what === "mishap")) {
    assertReadAfterConflicts(cluster.policyCalls);
  }
  for (const write of cluster.writes.slice(before)) assertHeartbeat(write, cluster.writes.slice(0, before));
  assertMetrics(await world.metrics(), await world.policies(), NAMESPACES);
}

const POPULATION: readonly Action[] = [
  { do: "put-pod", pod: 0, as: 1 },
  { do: "put-pod", pod: 2, as: 0 },
  { do: "put-policy", in: "one", spec: 0 },
  { do: "put-policy", in: "two", spec: 1 },
];

async function assertAllTrue(world: World): Promise<void> {
  const { clock, users } = world;
  const [policies, pods] = [await world.policies(), await world.pods()];
  for (const policy of policies) {
    const foreign = users.foreign(policy.metadata.namespace);
    assertTrue(policy, { pods, now: clock.now(), foreign });
    assert.equal(users.lost(policy), undefined, "what others wrote is gone");
  }
}

/** Asserts that a write says only that the operator is alive: all but the moment is as it was in the last one. */
function assertHeartbeat({ verb, namespace, body, code }: Call, earlier: readonly Call[]): void {
  const said = (body: unknown) => {
    const { lastEvaluated: _, ...status } = (body as { status: { lastEvaluated?: string } }).status;
    return status;
  };
  const last = earlier.findLast((call) => call.verb === "patchStatus" && call.namespace === namespace);
  assert.deepEqual([verb, code], ["patchStatus", 200], "a write after everything has come to rest");
  assert.deepEqual(
    said(body),
    last && said(last.body),
    "a status that changes after everything has come to rest",
  );
}

/** Asserts that whoever lost a race has read the policy again before the next write: the same once more is refused once more. */
function assertReadAfterConflicts(calls: readonly Call[]): void {
  for (const namespace of NAMESPACES) {
    const own = calls.filter((call) => call.namespace === namespace);
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
