// Ten thousand pods and a hundred policies on a real API server: every status true, and nothing listed after the start.

import assert from "node:assert/strict";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, deletePod, listRequests } from "./fixtures.ts";
import { startOperator } from "./operator_process.ts";
import { createPolicy, installCrd, type Policy, statusIs } from "./policies.ts";

const NAMESPACES = 100;
const PODS_PER_NAMESPACE = 100;
const CREATORS = 24;

Deno.test("10,000 pods under 100 policies", async (t) => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  const namespaces = Array.from({ length: NAMESPACES }, (_, i) => `team-${i}`);
  await forEach(namespaces, async (namespace) => {
    await createNamespace(cluster, namespace);
    await createPolicy(cluster, namespace, "policy", { forbidLatestTag: true });
  });
  // In namespace i there are i pods with an unpinned image.
  const pods = namespaces.flatMap((namespace, i) =>
    Array.from(
      { length: PODS_PER_NAMESPACE },
      (_, j) => ({ namespace, name: `pod-${j}`, image: j < i ? "app" : "app:1" }),
    )
  );
  await forEach(
    pods,
    ({ namespace, name, image }) =>
      createPod(cluster, namespace, name, { spec: { containers: [{ name: "app", image }] } }),
  );

  // The API server lists for itself when it starts; the operator must add nothing to that.
  const lists = await listRequests(cluster, "pods");
  await using operator = startOperator(cluster);
  await t.step("every status becomes true", async () => {
    const started = performance.now();
    await eventually(async () => await wrong(cluster, (i) => i) === 0, {
      within: 60_000,
      what: "all statuses are true",
    });
    console.log(`all true ${Math.round(performance.now() - started)} ms after the start of the process`);
    const [, memory] = /^process_resident_memory_bytes (\d+)/m.exec((await operator.get("/metrics")).body) ??
      [];
    console.log(`resident memory ${Math.round(Number(memory) / 1e6)} MB`);
  });

  await t.step("and stays true when 100 pods go and 100 come", async () => {
    await forEach(namespaces, async (namespace, i) => {
      if (i > 0) await deletePod(cluster, namespace, "pod-0");
      await createPod(cluster, namespace, "new", {
        spec: { containers: [{ name: "app", image: "app:latest" }] },
      });
    });
    // One that broke the policy went, except in the first namespace, and one that breaks it came.
    await eventually(async () => await wrong(cluster, (i) => (i === 0 ? 1 : i)) === 0, {
      what: "all are true",
    });
    await statusIs(cluster, "team-0", "policy", ({ pods }) => pods === PODS_PER_NAMESPACE + 1);
    await createPod(cluster, "team-7", "single");
    await statusIs(cluster, "team-7", "policy", ({ pods }) => pods === PODS_PER_NAMESPACE + 1);
  });

  await t.step("without a list of the pods, even at the start", async () => {
    assert.equal(await listRequests(cluster, "pods"), lists);
  });
});

/** How many policies do not say `expected(i)` violations, i being their namespace's number. */
async function wrong(cluster: ControlPlane, expected: (i: number) => number): Promise<number> {
  const response = await cluster.request("GET", "/apis/devops.stochastic.io/v1/devopspolicies");
  const { items } = await response.json() as { items: (Policy & { metadata: { namespace: string } })[] };
  assert.equal(items.length, NAMESPACES);
  return items.filter(({ metadata, status }) =>
    status?.violations !== expected(Number(metadata.namespace.replace("team-", "")))
  ).length;
}

/** Calls `act` on each item, a few at a time. */
async function forEach<T>(
  items: readonly T[],
  act: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const queue = items.entries();
  await Promise.all(Array.from({ length: CREATORS }, async () => {
    for (const [index, item] of queue) await act(item, index);
  }));
}
