/** Storms and hostile objects: played one after the other, for each takes the whole machine. */

import assert from "node:assert/strict";
import { PROTOBUF_FORM } from "../../../tools/bench/replay/frames.ts";
import { readField } from "../../../tools/bench/replay/wire.ts";
import { eventually } from "../../cluster/eventually.ts";
import type { KubeObject } from "../../cluster/fixtures.ts";
import * as protobuf from "../../support/protobuf_objects.ts";
import type { Teller } from "../exchange.ts";
import * as faults from "../faults.ts";
import { conditionOf } from "../oracle.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";

/** Does `work` with 0, 1, 2 …, so many of them at a time. */
async function times(count: number, work: (i: number) => Promise<unknown>, atOnce = 16): Promise<void> {
  const left = Array(count).keys();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const i of left) await work(i);
  }));
}

/** Creates so many policies that forbid the tag latest, straight at the API server. */
async function createPolicies(world: World, count: number): Promise<void> {
  await times(count, (i) =>
    world.request("POST", world.policiesPath, {
      apiVersion: "devops.stochastic.io/v1",
      kind: "DevOpsPolicy",
      metadata: { name: `p-${i}` },
      spec: { forbidLatestTag: true },
    }), 32);
}

/** Waits until the statuses of so many policies have been written. */
async function written(world: World, count: number): Promise<void> {
  const names = () => new Set(world.proxy.log({ kind: "patchStatus" }).map(({ name }) => name));
  await eventually(async () => {
    await world.pass(100);
    return names().size >= count;
  }, { within: 120_000, what: `${count} statuses are written` });
}

/** Shows the policy `name` with another spec than it has, as a definition that was too lax let it in. */
function malformed(name: string, spec: unknown): Teller {
  return (frame, exchange, form) => {
    if (form.typeOf(frame) === "BOOKMARK" || form.nameOf(frame) !== name) return exchange.write(frame);
    const event = JSON.parse(new TextDecoder().decode(frame));
    event.object.spec = spec;
    return exchange.write(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
  };
}

/** Pods that no kubelet and no sane server would show, by their names, as what they are in place of the pods of that name. */
const HOSTILE: Readonly<Record<string, Partial<KubeObject>>> = {
  "constructor": { spec: { containers: [{ name: "__proto__", image: "app" }] } },
  "tostring": {
    metadata: { labels: { "__proto__": "polluted", "constructor": "polluted" } } as never,
    spec: { containers: [{ name: "toString", image: "app:latest\u001b[2J\nnext line" }] },
  },
  "negative": {
    spec: { containers: [{ name: "app", image: "app:1" }] },
    status: { phase: "Run\u001b[31mning", containerStatuses: [{ name: "app", restartCount: -5 }] },
  },
  "huge": {
    spec: { containers: Array.from({ length: 10_000 }, (_, i) => ({ name: `c${i}`, image: "app" })) },
    status: { phase: "Running" },
  },
  "empty": { spec: { containers: [] }, status: {} },
};

/** The pod as a hostile server shows it. */
function hostile(pod: KubeObject): KubeObject {
  const { metadata, ...other } = HOSTILE[pod.metadata.name] ?? {};
  return { ...pod, ...other, metadata: { ...pod.metadata, ...metadata } };
}

/** Shows pods as `as` makes them; what a pod is besides, it keeps. */
function showing(pods: ReadonlyMap<string, KubeObject>): Teller {
  return (frame, exchange, form) => {
    const pod = form.typeOf(frame) === "BOOKMARK" ? undefined : pods.get(form.nameOf(frame));
    if (pod === undefined) return exchange.write(frame);
    const shown = hostile({ ...pod, metadata: { ...pod.metadata, resourceVersion: versionOf(frame, form) } });
    const type = form.typeOf(frame);
    return exchange.write(
      form === PROTOBUF_FORM
        ? protobuf.frames(protobuf.podEvent(type, shown))
        : new TextEncoder().encode(`${JSON.stringify({ type, object: shown })}\n`),
    );
  };
}

function versionOf(frame: Uint8Array, form: typeof PROTOBUF_FORM): string {
  const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  if (form !== PROTOBUF_FORM) return JSON.parse(decode(frame)).object.metadata.resourceVersion;
  const object = readField(frame.subarray(4), [2, 1])!.subarray("k8s\0".length);
  return decode(readField(object, [2, 1, 6]));
}

const IN_JSON = { accept: "application/json", "accept-encoding": "identity" };

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
    name: "one malformed policy among 1,000 is invalid, and all others are true",
    isLate: true,
    run: async (world) => {
      await createPolicies(world, 1_000);
      await world.request("POST", world.policiesPath, {
        apiVersion: "devops.stochastic.io/v1",
        kind: "DevOpsPolicy",
        metadata: { name: "broken" },
        spec: {},
      });
      const spec = { maxRestartCount: "many\u001b[2J", forbidLatestTag: 7 };
      world.proxy.inject(
        { kind: "watch", resource: "devopspolicies" },
        faults.telling(malformed("broken", spec)),
      );
      world.proxy.inject({ name: "broken" }, faults.altering((policy) => ({ ...policy, spec })));
      world.ignored = "broken";
      await world.launch();
      await written(world, 1_003);
      await world.isTrue(20_000);
      const broken = await world.request("GET", world.policyPath("broken"));
      assert.equal(conditionOf(broken.status ?? {}, "Ready"), "False/InvalidSpec");
      assert.equal(conditionOf(broken.status ?? {}, "Compliant"), "Unknown/InvalidSpec");
      await world.change();
      await world.isTrue(20_000);
    },
  },
  ...(["protobuf", "JSON"] as const).map((form): Row => ({
    name: `hostile pods in ${form} are judged by what they are, and harm nobody`,
    isLate: true,
    run: async (world) => {
      const pods = new Map<string, KubeObject>();
      for (const name of Object.keys(HOSTILE)) pods.set(name, await world.createPod(name));
      world.seen = hostile;
      world.proxy.inject({ kind: "watch", resource: "pods" }, (exchange) => {
        exchange.teller = showing(pods);
        return exchange.pass(form === "JSON" ? { headers: IN_JSON } : {});
      });
      await world.start();
      await world.change();
      await world.isTrue();
      for (const name of pods.keys()) await world.deletePod(name);
    },
  })),
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
      assert(lasted < 20_000, `500 changes took ${Math.round(lasted)} ms`);
      world.allowWrites(lasted / 100);
      await world.isTrue(2_000);
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
      await eventually(() => storm.held() > 3_000, { within: 20_000, what: "3,000 events are held" });
      const since = world.proxy.requests.length;
      const at = performance.now();
      storm.release();
      await world.isTrue(20_000);
      const seconds = (performance.now() - at) / 1_000;
      assert(seconds >= 2.5 && seconds <= 5, `3,000 events were told and true after ${seconds} s`);
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
        { within: 10_000, what: "the new policy has a status" },
      );
      const took = Math.round(performance.now() - at);
      const { size } = new Set(world.proxy.log({ kind: "patchStatus" }).map(({ name }) => name));
      assert(size < 4_500, `${size} of 5,000 were written: no queue is left`);
      assert(took <= 2_000, `it took ${took} ms`);
      await written(world, 5_003);
      await world.isTrue(20_000);
    },
  },
];
