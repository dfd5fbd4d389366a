/** Outages, and the silence that is none; each on hurried clocks, and in real time in the nightly run. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import type { Row } from "../row.ts";
import * as tellers from "../tellers.ts";
import type { World } from "../world.ts";
import { assertResumed } from "./watches.ts";

const MINUTE_MS = 60_000;
const HEARTBEAT_MS = 30_000;
const RESOURCES = ["pods", "devopspolicies"] as const;

/** The row on hurried clocks, and the same at its own pace. */
function atBothPaces(row: Row, speed: number): readonly Row[] {
  return [{ ...row, speed }, { ...row, name: `${row.name} (in real time)`, isNightly: true }];
}

async function silence(world: World): Promise<void> {
  const since = world.proxy.requests.length;
  const silenced = world.proxy.inject({ kind: "watch" }, faults.telling(tellers.silent));
  for (const watch of world.proxy.watches()) watch.teller = tellers.silent;
  for (let minute = 0; minute < 10; minute++) {
    await world.pass(MINUTE_MS);
    assert.deepEqual(await world.operator.get("/readyz"), { status: 200, body: "ok\n" });
  }
  assertResumed(world, since);
  for (const resource of RESOURCES) {
    const { length } = world.during(10 * MINUTE_MS, world.proxy.log({ kind: "watch", resource }, since));
    assert(length >= 1 && length <= 14, `${resource} were watched anew ${length} times`);
  }
  silenced.stop();
  for (const watch of world.proxy.watches()) watch.teller = (frame, exchange) => exchange.write(frame);
  await world.change();
  await world.isTrue();
}

/** Waits until each heartbeat has been written a moment ago: one that is under way would be tried again a few times. */
async function quiet(world: World): Promise<void> {
  const since = world.proxy.requests.length;
  const isWritten = (name: string) => {
    const last = world.statusWrites(name, since).at(-1);
    return last?.code === 200 && world.age(last) < HEARTBEAT_MS * 2 / 3;
  };
  await eventually(() => isWritten("strict") && isWritten("lenient"), {
    within: MINUTE_MS,
    what: "both heartbeats",
  });
}

async function outage(world: World): Promise<void> {
  await quiet(world);
  const since = world.proxy.requests.length;
  const dead = world.proxy.inject({}, faults.reset);
  world.proxy.reset();
  await world.pass(MINUTE_MS);
  await world.change();
  await world.pass(9 * MINUTE_MS);
  for (const resource of RESOURCES) {
    const watches = world.during(10 * MINUTE_MS, world.proxy.log({ kind: "watch", resource }, since));
    assert(
      watches.length > 8 && watches.length <= 20,
      `${watches.length} watches of ${resource} in 10 minutes`,
    );
  }
  assert.equal((await world.operator.get("/healthz")).status, 200);
  dead.stop();
  await world.isTrue(70_000);
  assertResumed(world, since);
  const after = world.proxy.requests.slice(since);
  const firstAnswer = after.findIndex(({ code }) => code !== undefined);
  const firstWrite = after.findIndex(({ kind }) => kind === "patch" || kind === "patchStatus");
  assert(firstWrite > firstAnswer, "nothing is written before something was answered");
  for (const resource of RESOURCES) {
    const watches = () => world.proxy.log({ kind: "watch", resource }, since);
    const isBack = () => watches().some(({ code }) => code !== undefined);
    await eventually(isBack, { within: 60_000, what: `${resource} are watched again` });
    const resumed = watches().slice(0, watches().findIndex(({ code }) => code !== undefined) + 1);
    const versions = new Set(resumed.map(({ query }) => query.get("resourceVersion")));
    assert.equal(versions.size, 1, `${resource} are resumed where they were, not at ${[...versions]}`);
  }
}

async function closing(world: World): Promise<void> {
  const since = world.proxy.requests.length;
  const closed = world.proxy.inject({ kind: "watch" }, faults.close);
  for (const watch of world.proxy.watches()) watch.end();
  await world.change();
  await world.pass(MINUTE_MS);
  for (const resource of RESOURCES) {
    const { length } = world.during(MINUTE_MS, world.proxy.log({ kind: "watch", resource }, since));
    assert(length >= 4 && length <= 8, `${resource} were opened ${length} times in a minute`);
  }
  closed.stop();
  await world.isTrue(70_000);
  assertResumed(world, since);
}

export const OUTAGES: readonly Row[] = [
  ...atBothPaces({
    name: "ten minutes of silence are no reason to read again, nor to be unready",
    run: silence,
  }, 20),
  ...atBothPaces({
    name: "an outage of ten minutes costs few requests and no write, and what was known is resumed",
    run: outage,
  }, 20),
  ...atBothPaces({
    name: "watches that close at once are opened 8 times in the first minute at most",
    run: closing,
  }, 10),
];
