/** Changes of policies and pods: each shows in the status at once, with no list and for the policies concerned alone. */

import assert from "node:assert/strict";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, FINALIZER, startOperator } from "../support/running_operator.ts";

const WEB = pod("web").container("app");
const LATEST = pod("web").container("app", { image: "app:latest" });

Deno.test("runOperator() follows pods that are added, changed and removed", async () => {
  await using operator = await startOperator((cluster) => cluster.putPolicy({ spec: ALL_CHECKS }));
  const { cluster, clock } = operator;
  const steps: [change: () => void, message: string][] = [
    [() => cluster.putPod(WEB), "0 violations across 1 pods — Healthy (100)"],
    [() => cluster.putPod(LATEST), "1 violations across 1 pods — Healthy (95)"],
    [
      () => cluster.putPod(pod("b").container("app", { restarts: 5 })),
      "2 violations across 2 pods — Healthy (83)",
    ],
    [() => cluster.deletePod("web"), "1 violations across 1 pods — Stable (70)"],
    [() => cluster.deletePod("b"), "0 violations across 0 pods — Healthy (100)"],
  ];
  for (const [change, message] of steps) {
    await clock.advance(1_000);
    await change();
    // What a kubelet tells of a new pod comes right behind it.
    await clock.advance(100);
    assert.equal((await operator.status()).message, message);
  }
});

Deno.test("runOperator() follows changes while versions grow from two digits to three", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(WEB);
    await cluster.putPolicy({ spec: ALL_CHECKS, finalizers: [FINALIZER] });
    for (let version = 0, n = 0; version < 96; n++) {
      const metadata = { annotations: { n: String(n) } };
      const namespace = await cluster.send("PATCH", "/api/v1/namespaces/default", { metadata });
      version = Number(namespace.metadata.resourceVersion);
    }
  });
  for (const image of ["app", "app:1", "app:latest", "app:2", "app"]) {
    await operator.clock.advance(1_000);
    await operator.cluster.putPod(pod("web").container("app", { image }));
    await operator.clock.advance(0);
    assert.equal(await operator.score(), image.match(/:\d$/) ? 100 : 95);
  }
});

Deno.test("runOperator() evaluates a changed policy at once and reports its generation", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ spec: {} });
  });
  assert.equal(await operator.score(), 100);
  assert.equal((await operator.status()).observedGeneration, 1);
  await operator.clock.advance(5_000);
  await operator.cluster.putPolicy({ spec: { forbidLatestTag: true } });
  await operator.clock.advance(0);
  assert.equal(await operator.score(), 95);
  assert.equal((await operator.status()).observedGeneration, 2);
  assert.equal((await operator.status()).lastEvaluated, "2026-02-22T10:00:05Z");
});

Deno.test("runOperator() moves a condition's lastTransitionTime only when its status changes", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(WEB);
    await cluster.putPolicy({ spec: ALL_CHECKS });
  });
  await operator.clock.advance(5_000);
  await operator.cluster.putPod(LATEST);
  await operator.clock.advance(0);
  assert.deepEqual(
    (await operator.status()).conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
    [["Ready", "2026-02-22T10:00:00Z"], ["Compliant", "2026-02-22T10:00:05Z"]],
  );
});

Deno.test("runOperator() keeps the conditions of others", async () => {
  const foreign = {
    type: "Approved",
    status: "True" as const,
    reason: "Audit",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy();
    await cluster.putStatus({ conditions: [foreign] });
  });
  assert.deepEqual((await operator.status()).conditions?.map(({ type }) => type), [
    "Approved",
    "Ready",
    "Compliant",
  ]);
  assert.deepEqual((await operator.status()).conditions?.[0], foreign);
});

Deno.test("runOperator() keeps namespaces apart", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPod(pod("web").inNamespace("staging").container("app"));
    await cluster.putPolicy({ spec: ALL_CHECKS });
    await cluster.putPolicy({ spec: ALL_CHECKS, namespace: "staging" });
  });
  assert.equal(await operator.score("strict", "production"), 95);
  assert.equal(await operator.score("strict", "staging"), 100);
  await operator.clock.advance(1_000);
  operator.newWrites();
  await operator.cluster.putPod(pod("b").inNamespace("staging").container("app", { liveness: false }));
  await operator.clock.advance(100);
  assert.deepEqual(operator.newWrites(), ["1 violations across 2 pods — Healthy (99)"]);
  assert.equal(await operator.score("strict", "staging"), 99);
});

Deno.test("runOperator() judges the pods of a namespace by each of its policies", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(LATEST);
    await cluster.putPolicy({ name: "images", spec: { forbidLatestTag: true } });
    await cluster.putPolicy({ name: "probes", spec: { requireLivenessProbe: true } });
  });
  assert.equal(await operator.score("images"), 95);
  assert.equal(await operator.score("probes"), 100);
  await operator.clock.advance(1_000);
  await operator.cluster.deletePod("web");
  await operator.cluster.putPod(pod("web").container("app", { liveness: false }));
  await operator.clock.advance(100);
  assert.equal(await operator.score("images"), 100);
  assert.equal(await operator.score("probes"), 97);
});

for (
  const [namespace, systemNamespaces, system] of [
    ["kube-system", undefined, true],
    ["monitoring", undefined, true],
    ["monitoring", ["kube-*"], false],
    ["team-infra", ["team-*"], true],
  ] as const
) {
  Deno.test(`runOperator() ${system ? "does not score" : "scores"} ${namespace} when ${systemNamespaces ?? "the built-in"} namespaces are the system's`, async () => {
    await using operator = await startOperator(async (cluster) => {
      await cluster.putPod(LATEST.inNamespace(namespace));
      await cluster.putPolicy({ spec: ALL_CHECKS, namespace });
    }, systemNamespaces && { systemNamespaces });
    const status = await operator.status("strict", namespace);
    assert.equal(status.healthScore, system ? 100 : 95);
    assert.equal(status.pods, system ? 0 : 1);
    assert.deepEqual(
      status.conditions?.map(({ status, reason }) => `${status}/${reason}`),
      ["True/Evaluated", system ? "Unknown/SystemNamespace" : "False/ViolationsFound"],
    );
  });
}

Deno.test("runOperator() with namespaces asked for reads those alone, each on its own", async () => {
  await using operator = await startOperator(async (cluster) => {
    for (const namespace of ["production", "staging", "elsewhere"]) {
      await cluster.putPod(LATEST.inNamespace(namespace));
      await cluster.putPolicy({ spec: ALL_CHECKS, namespace });
    }
  }, { namespaces: ["production", "staging"] });
  const { cluster, clock } = operator;
  assert.equal(await operator.score("strict", "production"), 95);
  assert.equal(await operator.score("strict", "staging"), 95);
  assert.deepEqual(await operator.status("strict", "elsewhere"), {});
  for (const resource of ["pods", "devopspolicies"]) {
    const namespaces = cluster.reads(resource).map(({ namespace }) => namespace);
    assert.deepEqual(namespaces.sort(), ["production", "staging"]);
  }
  await clock.advance(1_000);
  await cluster.deletePod("web", "staging");
  await clock.advance(0);
  assert.equal((await operator.status("strict", "staging")).pods, 0);
  assert.equal((await operator.status("strict", "production")).pods, 1);
});
