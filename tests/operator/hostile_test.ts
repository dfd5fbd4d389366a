/** Hostile objects: whatever names and values an API server lets through, or should not, the others are judged as ever. */

import assert from "node:assert/strict";
import { LAX } from "../support/definitions.ts";
import { retelling, showingPods } from "../support/faults.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";

Deno.test("runOperator() takes pods called constructor and __proto__ for pods", async () => {
  await using operator = await startOperator(async (cluster) => {
    for (const name of ["constructor", "proto", "to-string", "has-own-property"]) {
      await cluster.putPod(pod(name).container(name, { image: "app" }));
    }
    await cluster.putPolicy({ spec: ALL_CHECKS });
    // Names that no server lets in.
    const names = { "proto": "__proto__", "to-string": "toString", "has-own-property": "hasOwnProperty" };
    cluster.fault = retelling((line) => [
      Object.entries(names).reduce((text, [name, worse]) => text.replaceAll(`"${name}"`, `"${worse}"`), line),
    ]);
  });
  assert.equal((await operator.status()).message, "4 violations across 4 pods — Healthy (95)");
  assert.deepEqual((await operator.status()).findings?.map(({ pod, container }) => `${pod}/${container}`), [
    "__proto__/__proto__",
    "constructor/constructor",
    "hasOwnProperty/hasOwnProperty",
    "toString/toString",
  ]);
  await operator.clock.advance(1_000);
  await operator.cluster.deletePod("constructor");
  await operator.cluster.deletePod("proto");
  await operator.clock.advance(100);
  assert.equal((await operator.status()).pods, 2);
});

Deno.test("runOperator() keeps policies and namespaces called constructor apart", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").inNamespace("constructor").container("app", { image: "app" }));
    await cluster.putPolicy({ name: "constructor", namespace: "constructor", spec: ALL_CHECKS });
    await cluster.putPolicy({ name: "constructor", namespace: "valueof", spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  assert.equal(await operator.score("constructor", "constructor"), 95);
  assert.equal(await operator.score("constructor", "valueof"), 100);
  const { text } = await get(operator, "/metrics");
  assert.equal(seriesWith(text, "namespace", "constructor").length, 9);
  assert.equal(seriesWith(text, "policy", "constructor").length, 18);
});

Deno.test("runOperator() does not take a __proto__ in a pod for its prototype", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: { requireLivenessProbe: true } });
    cluster.fault = showingPods(`{
      "metadata": { "namespace": "production", "name": "web", "__proto__": { "deletionTimestamp": "x" } },
      "spec": { "containers": [{ "name": "app", "image": "app", "__proto__": { "livenessProbe": {} } }] },
      "status": { "phase": "Running", "__proto__": { "phase": "Succeeded" } }
    }`);
  });
  assert.equal((await operator.status()).message, "1 violations across 1 pods — Healthy (97)");
});

Deno.test("runOperator() does not take a __proto__ in a spec for settings", async () => {
  const spec = JSON.parse(`{ "__proto__": { "forbidLatestTag": true } }`);
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "app" }));
    await cluster.putPolicy({ spec });
    await cluster.putPolicy({ name: "other", spec: ALL_CHECKS });
  }, { crd: LAX });
  const stored = (await operator.cluster.policy("strict"))?.spec;
  assert.equal(JSON.stringify(stored), JSON.stringify(spec), "the server keeps it");
  assert.equal(await operator.score("other"), 95);
  assert.equal(await operator.score(), 100);
});

Deno.test("runOperator() writes a small status for a pod of 10,000 bad containers", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    // The first of them, which are the ones to be named, have long names and images.
    const containers = Array.from({ length: 10_000 }, (_, i) => {
      const length = i < 50 ? 5_000 : 1;
      return { name: `c${String(i).padStart(5, "0")}-${"x".repeat(length)}`, image: "y".repeat(length) };
    });
    const metadata = { namespace: "production", name: "huge" };
    cluster.fault = showingPods(JSON.stringify({ metadata, spec: { containers } }));
  });
  const status = await operator.status();
  assert.equal(status.message, "30000 violations across 1 pods — Critical (0)");
  assert.equal(status.findings?.length, 20);
  assert(status.findings[19]?.container?.startsWith("c00019-x"), "the long ones");
  assert(JSON.stringify(status).length < 20_000);
});

Deno.test("runOperator() lets no control character of an image into the status", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPod(pod("web").container("app", { image: "\x1b[2J\x1b[31mapp\nReady" }));
    await cluster.putPolicy({ spec: ALL_CHECKS });
  });
  const [finding] = (await operator.status()).findings ?? [];
  assert.equal(finding?.detail, "image \\u{1b}[2J\\u{1b}[31mapp\\u{a}Ready resolves to latest");
});

Deno.test("runOperator() takes −5 restarts for none, and 10³⁰⁰ for many", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: { maxRestartCount: 0 } });
    cluster.fault = showingPods(
      ...([["less", -5], ["more", 1e300]] as const).map(([name, restartCount]) =>
        JSON.stringify({
          metadata: { namespace: "production", name },
          spec: { containers: [{ name: "app", image: "app:1" }] },
          status: { phase: "Running", containerStatuses: [{ name: "app", restartCount }] },
        })
      ),
    );
  });
  assert.equal((await operator.status()).message, "1 violations across 2 pods — Healthy (85)");
  assert.equal((await operator.status()).findings?.[0]?.detail, "2147483647 restarts, 0 allowed");
});

Deno.test("runOperator() counts a pod without a list of containers as unevaluable, beside the others", async () => {
  await using operator = await startOperator(async (cluster) => {
    await cluster.putPolicy({ spec: ALL_CHECKS });
    cluster.fault = showingPods(
      `{ "metadata": { "namespace": "production", "name": "odd" }, "spec": null }`,
      JSON.stringify(pod("web").container("app", { image: "app" }).json()),
    );
  }, ON_A_FREE_PORT);
  assert.equal((await operator.status()).message, "1 violations across 1 pods — Healthy (95)");
  const { text } = await get(operator, "/metrics");
  assert(text.includes(`devopspolicy_unevaluable_pods{namespace="production",policy="strict"} 1`));
});
