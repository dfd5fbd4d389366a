/** Storms: played one after the other, for each takes the whole machine. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import { NOISE_MS } from "../../support/patience.ts";
import * as protobuf from "../../support/protobuf_objects.ts";
import type { Teller } from "../exchange.ts";
import { createPolicies, times, written } from "../many.ts";
import type { Row } from "../row.ts";
import { versionOf } from "../version_of.ts";

/** Holds all frames until it is told to go on, and then tells so many a second. */
function paced(perSecond: number): { readonly teller: Teller; readonly held: () => number; release(): void } {
  const gate = Promise.withResolvers<void>();
  const kept: Uint8Array[] = [];
  let isOpen = false;
  return {
    held: () => kept.length,
    teller: (frame, exchange) => {
      if (isOpen) return exchange.write(frame);
      kept.push(frame);
      if (kept.length > 1) return;
      void gate.promise.then(async () => {
        const startedAt = performance.now();
        for (let told = 0; told < kept.length; told++) {
          const dueAt = startedAt + told * 1_000 / perSecond;
          if (dueAt > performance.now()) await new Promise((resolve) => setTimeout(resolve, 5));
          await exchange.write(kept[told]!);
        }
        isOpen = true;
      });
    },
    release: gate.resolve,
  };
}

export const STORMS: readonly Row[] = [
  {
    name: "a pod of 10,000 containers that changes 50 times a second is kept up with",
    run: async (world) => {
      const pod = await world.createPod("huge");
      const containers = Array.from({ length: 10_000 }, (_, i) => ({ name: `c${i}`, image: "app:1" }));
      const frames = [1, 9].map((restartCount) =>
        protobuf.frames(
          protobuf.podEvent("MODIFIED", {
            ...pod,
            spec: { containers },
            status: { phase: "Running", containerStatuses: [{ name: "c7", restartCount }] },
          }),
        )
      );
      let [shown, last] = [0, 0];
      world.seen = (pod) =>
        pod.metadata.name !== "huge" ? pod : {
          ...pod,
          spec: { containers },
          status: { phase: "Running", containerStatuses: [{ name: "c7", restartCount: [1, 9][last] }] },
        };
      for (const watch of world.proxy.watches("pods")) {
        watch.teller = (frame, exchange, form) => {
          if (form.typeOf(frame) !== "MODIFIED" || form.nameOf(frame) !== "huge") {
            return exchange.write(frame);
          }
          last = shown++ % 2;
          return exchange.write(form.rewrite(frames[last]!, "MODIFIED", versionOf(frame, form)));
        };
      }
      const since = world.proxy.requests.length;
      const path = `/api/v1/namespaces/${world.namespace}/pods/huge`;
      const startedAt = performance.now();
      await times(500, async (i) => {
        const early = startedAt + i * 20 - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        await world.request("PATCH", path, { metadata: { annotations: { count: `${i}` } } });
        if (i % 50 === 0) assert.equal((await world.operator.get("/healthz")).status, 200);
      }, 4);
      const lasted = performance.now() - startedAt;
      assert.equal(world.proxy.log({ kind: "list" }, since).length, 0);
      assert(lasted < 40_000, `500 changes took ${Math.round(lasted)} ms`);
      world.allowWrites(lasted / 100);
      await world.isTrue();
      await world.deletePod("huge");
    },
  },
  {
    name: "1,000 pod events a second are followed by few writes, and the last is true within 2 s",
    run: async (world) => {
      const storm = paced(1_000);
      for (const watch of world.proxy.watches("pods")) watch.teller = storm.teller;
      await times(20, (i) => world.createPod(`pod-${i}`));
      await times(3_000, (i) => world.setRestarts(`pod-${i % 20}`, i), 32);
      await world.createPod("last", { containers: [{ name: "app", image: "app" }] });
      await eventually(() => storm.held() > 3_000, { what: "3,000 events are held" });
      const since = world.proxy.requests.length;
      const at = performance.now();
      storm.release();
      await world.isTrue(20_000);
      const seconds = (performance.now() - at) / 1_000;
      assert(
        seconds >= 2.5 && seconds <= 5 + NOISE_MS / 1_000,
        `3,000 events were told and true after ${seconds} s`,
      );
      const { length } = world.statusWrites("strict", since);
      assert(length <= 10 * seconds + 1, `${length} writes in ${seconds} s`);
    },
  },
  {
    name: "a new policy is evaluated within 2 s while 5,000 are queued",
    isLate: true,
    run: async (world) => {
      await createPolicies(world, 5_000);
      await world.launch();
      await written(world, 100);
      const at = performance.now();
      await world.createPolicy("urgent", { forbidLatestTag: true });
      await eventually(
        async () =>
          (await world.request("GET", world.policyPath("urgent"))).status?.["healthScore"] !== undefined,
        { what: "the new policy has a status" },
      );
      const took = Math.round(performance.now() - at);
      const { size } = new Set(world.proxy.log({ kind: "patchStatus" }).map(({ name }) => name));
      assert(size < 4_500, `${size} of 5,000 were written: no queue is left`);
      assert(took <= 2_000 + NOISE_MS, `it took ${took} ms`);
      await written(world, 5_003);
      await world.isTrue(20_000);
    },
  },
];
