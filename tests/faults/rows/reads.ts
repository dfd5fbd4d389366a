/** Reads that are refused, outdated or cut short: read again once, without the statuses showing it. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import type { Exchange } from "../exchange.ts";
import * as faults from "../faults.ts";
import type { LoggedRequest, Match } from "../logged_request.ts";
import type { Fault } from "../script.ts";
import type { Row } from "../row.ts";
import * as tellers from "../tellers.ts";
import type { World } from "../world.ts";

const readsAll = ({ query }: LoggedRequest) => query.has("sendInitialEvents");
const resumes = (request: LoggedRequest) => !readsAll(request);

export const INITIAL: Match = { kind: "watch", where: readsAll };
const PODS_RESUMED: Match = { kind: "watch", resource: "pods", where: resumes };
export const NO_WATCH_LIST: faults.Refusal = {
  code: 422,
  reason: "Invalid",
  message:
    "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature",
  causes: ["sendInitialEvents is forbidden for watch"],
};

/** Says on an open watch that its history is gone. */
async function expire(watch: Exchange): Promise<void> {
  await watch.write(faults.errorFrame(faults.GONE, faults.formAsked(watch)));
  watch.end();
}

/** Waits until both collections have been read again, and are followed. */
async function rereadOnce(world: World, since: number, resources: readonly string[]): Promise<void> {
  const reread = () => world.proxy.log(INITIAL, since).map(({ resource }) => resource);
  await eventually(() => reread().length >= resources.length, { what: "all is read again" });
  await world.pass(2_000);
  assert.deepEqual(reread().toSorted(), resources.toSorted(), "each is read again once");
}

/** Does `act`, after which nothing is another than before, and asserts that no status said so meanwhile. */
async function withoutADip(world: World, act: (since: number) => Promise<void>): Promise<void> {
  const since = world.proxy.requests.length;
  const before = new Map((await world.policies()).map(({ metadata, status }) => [metadata.name, status]));
  await act(since);
  for (const [name, status] of before) {
    const scores = [...world.scores(name, since)].filter((score) => score !== status?.["healthScore"]);
    assert.deepEqual(scores, [], `the score of ${name} was ${status?.["healthScore"]} all the time`);
  }
}

const WAYS: Readonly<Record<string, Fault>> = {
  "with 422": faults.refuse(NO_WATCH_LIST),
  "with 400": faults.refuse({ ...NO_WATCH_LIST, code: 400, reason: "BadRequest" }),
  "within the stream": faults.refuseInStream(NO_WATCH_LIST),
  "by never ending its first part": faults.telling(tellers.without((type) => type === "BOOKMARK")),
};

export const READS: readonly Row[] = [
  {
    name: "history that is gone is read again once when a watch says so, and no score dips",
    run: async (world) => {
      await withoutADip(world, async (since) => {
        for (const watch of world.proxy.watches()) await expire(watch);
        await rereadOnce(world, since, ["pods", "devopspolicies"]);
      });
      await world.change();
    },
  },
  ...[["410", faults.GONE], ["504 of a version that is too large", faults.TOO_LARGE_VERSION]].map((
    [what, refusal],
  ): Row => ({
    name: `a ${what} at the start of a watch has all read again once, and no score dips`,
    run: async (world) => {
      await withoutADip(world, async (since) => {
        world.proxy.inject(PODS_RESUMED, faults.refuse(refusal as faults.Refusal), 1);
        for (const watch of world.proxy.watches("pods")) watch.reset();
        await rereadOnce(world, since, ["pods"]);
      });
      await world.change();
    },
  })),
  {
    name: "a page whose token has expired has the list begun again",
    isLate: true,
    run: async (world) => {
      for (const name of ["a", "b", "c"]) await world.createPod(name);
      world.proxy.inject({ ...INITIAL, resource: "pods" }, faults.refuse(NO_WATCH_LIST));
      world.proxy.inject({ kind: "list", resource: "pods" }, faults.asking({ limit: "2" }));
      const next: Match = { kind: "list", where: ({ query }) => query.has("continue") };
      const expired = world.proxy.inject(next, faults.refuse(faults.GONE), 1);
      await world.start();
      assert.equal(expired.hits, 1);
      const begun = world.proxy.log({ kind: "list", where: ({ query }) => !query.has("continue") });
      assert.equal(begun.length, 2);
      await world.change();
    },
  },
  ...Object.entries(WAYS).map(([way, fault]): Row => ({
    name: `a server that refuses initial events ${way} is listed once, and then watched`,
    isLate: true,
    run: async (world) => {
      world.proxy.inject(INITIAL, fault);
      await world.start();
      const lists = () => world.proxy.log({ kind: "list" }).map(({ resource }) => resource).toSorted();
      assert.deepEqual(lists(), ["devopspolicies", "pods"]);
      await world.change();
      await world.isTrue();
      assert.deepEqual(lists(), ["devopspolicies", "pods"]);
    },
  })),
  {
    name: "a read that is older than what was seen changes nothing, and is asked for again",
    isLate: true,
    run: async (world) => {
      const initial: Match = { ...INITIAL, resource: "pods" };
      const frames: Uint8Array[] = [];
      const kept = faults.telling(async (frame, exchange) => {
        frames.push(frame);
        await exchange.write(frame);
      });
      const stale: Fault = async (exchange) => {
        exchange.begin(faults.formAsked(exchange).mediaType);
        for (const frame of old) await exchange.write(frame);
        await exchange.freeze();
      };
      world.proxy.inject(initial, kept, 1);
      await world.start();
      const old = [...frames];
      await rereadInVain(world, initial, stale);
    },
  },
  {
    name: "a list that is older than what was seen changes nothing, and is asked for again",
    isLate: true,
    run: async (world) => {
      const list: Match = { kind: "list", resource: "pods" };
      let [type, body] = ["", new Uint8Array()];
      const kept: Fault = async (exchange) => {
        const answer = await exchange.forward();
        type = answer.headers.get("content-type")!;
        body = new Uint8Array(await answer.arrayBuffer());
        exchange.answer(answer.status, type, body);
      };
      world.proxy.inject({ ...INITIAL, resource: "pods" }, faults.refuse(NO_WATCH_LIST));
      world.proxy.inject(list, kept, 1);
      await world.start();
      await rereadInVain(world, list, (exchange) => exchange.answer(200, type, body));
    },
  },
];

/** Has a stale server answer the next two full reads with what there was at first, though a pod has gone since. */
async function rereadInVain(world: World, read: Match, stale: Fault): Promise<void> {
  await world.deletePod("latest");
  await world.isTrue();
  await withoutADip(world, async (since) => {
    const answered = world.proxy.inject(read, stale, 2);
    for (const watch of world.proxy.watches("pods")) await expire(watch);
    await eventually(() => world.proxy.log(read, since).length >= 3, {
      within: 60_000,
      what: "a third read",
    });
    assert.equal(answered.hits, 2);
    await world.pass(1_000);
  });
}
