/** Objects that no sane server would show: judged by what they are, and no harm to all others. */

import assert from "node:assert/strict";
import { PROTOBUF_FORM } from "../../../tools/bench/replay/frames.ts";
import type { KubeObject } from "../../cluster/fixtures.ts";
import { conditionOf } from "../../support/oracle.ts";
import * as protobuf from "../../support/protobuf_objects.ts";
import type { Teller } from "../exchange.ts";
import * as faults from "../faults.ts";
import { createPolicies, written } from "../many.ts";
import type { Row } from "../row.ts";
import { versionOf } from "../version_of.ts";

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

const IN_JSON = { accept: "application/json", "accept-encoding": "identity" };

export const HOSTILE_OBJECTS: readonly Row[] = [
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
      await world.isTrue(60_000);
      const broken = await world.request("GET", world.policyPath("broken"));
      assert.equal(conditionOf(broken.status ?? {}, "Ready"), "False/InvalidSpec");
      assert.equal(conditionOf(broken.status ?? {}, "Compliant"), "Unknown/InvalidSpec");
      await world.change();
      await world.isTrue(60_000);
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
];
