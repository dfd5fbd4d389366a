/** Others who write where the operator does, answers that it never gets, and an end in the middle of that. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import type { Exchange } from "../exchange.ts";
import * as faults from "../faults.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";

/** What no operator would say of the policy `strict`. */
const LIE = { healthScore: 1, classification: "Critical" };
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

async function lie(world: World): Promise<void> {
  await world.request("PATCH", `${world.policyPath("strict")}/status`, { status: LIE });
}

/** What the events on the policy `strict` tell of its class. */
async function toldOf(world: World): Promise<readonly string[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${world.namespace}/events`;
  const events = (await world.request("GET", path))["items"] as readonly Record<string, string>[];
  return events.filter(({ reason }) => reason === "ClassificationChanged").map(({ note = "" }) =>
    note.split(":")[0]!
  );
}

/** What a frozen network does to a leader's lease when the operator is told to end after so many seconds. */
const FROZEN_FOR: readonly (readonly [seconds: number, what: string])[] = [
  [0, "holds its lease, and cannot give it back"],
  [4, "loses its lease while it ends"],
];

export const RIVALS: readonly Row[] = [
  {
    name: "a status that somebody writes over is true again at once, and no event tells of it",
    run: async (world) => {
      world.allowWrites(2);
      await lie(world);
      await world.isTrue();
      await world.request("PATCH", `${world.policyPath("strict")}/status`, { status: null });
      await world.isTrue();
      assert.deepEqual(await toldOf(world), []);
    },
  },
  {
    name: "a rival that writes over each status is answered ever more slowly, and in the end",
    speed: 10,
    run: async (world) => {
      world.allowWrites(20);
      const since = world.proxy.requests.length;
      const rival = world.proxy.inject(
        { kind: "patchStatus", name: "strict" },
        async (exchange: Exchange) => {
          await exchange.pass();
          await lie(world);
        },
      );
      await lie(world);
      await world.pass(60_000);
      rival.stop();
      const { length } = world.statusWrites("strict", since);
      assert(length >= 4 && length <= 16, `${length} answers in a minute`);
      await world.isTrue(60_000);
      assert.deepEqual(await toldOf(world), []);
    },
  },
  ...(["freeze", "reset"] as const).map((how): Row => ({
    name: `a change of class whose answer is lost (${how}) is told of once, and not again after a restart`,
    run: async (world) => {
      world.allowWrites(3);
      world.proxy.inject({ kind: "patchStatus", name: "strict" }, faults.swallow(how), 1);
      await world.setRestarts("web", 9);
      await eventually(async () => (await toldOf(world)).length > 0, {
        within: 30_000,
        what: "an event tells of the class",
      });
      assert.equal((await world.operator.end("SIGTERM")).code, 0);
      await world.changePolicy("strict", { spec: { maxRestartCount: 4 } });
      await world.start();
      await world.pass(1_000);
      assert.deepEqual(await toldOf(world), ["From Healthy to Stable"]);
    },
  })),
  ...FROZEN_FOR.map(([seconds, what]): Row => {
    const name = `row-frozen-for-${seconds}`;
    const free = { holderIdentity: "", leaseDurationSeconds: 1 };
    return {
      name: `at SIGTERM in a frozen network, a leader that ${what} ends with 0 within 10 s`,
      isLate: true,
      args: ["--leader-elect", "--lease-namespace", "default", "--lease-name", name],
      run: async (world) => {
        world.allowWrites(4);
        await world.request("POST", LEASES, { metadata: { name }, spec: free });
        await world.start();
        const frozen = world.proxy.inject({}, faults.freeze);
        await world.setRestarts("web", 9);
        const isWriting = () =>
          world.proxy.log({ kind: "patchStatus" }).some(({ code }) => code === undefined);
        await eventually(isWriting, { within: 5_000, what: "a write is under way" });
        await world.pass(seconds * 1_000);
        const at = performance.now();
        const { code, stderr } = await world.operator.end("SIGTERM");
        const took = Math.round(performance.now() - at);
        assert.equal(code, 0, stderr);
        assert(took <= 10_000, `it took ${took} ms to end`);
        frozen.stop();
        await world.request("PATCH", `${LEASES}/${name}`, { spec: free });
        await world.start();
      },
    };
  }),
];
