/** Hostile objects: whatever names and values an API server lets through, the others are judged as ever. */

import assert from "node:assert/strict";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import { pod } from "../support/pod_builder.ts";
import { ALL_CHECKS, startOperator } from "../support/running_operator.ts";
import { get, ON_A_FREE_PORT, seriesWith } from "../support/scrape.ts";

/** The facts of a pod whose JSON is `text`, as they come off the wire. */
function parsed(text: string) {
  const facts = toPodFacts(JSON.parse(text));
  assert(facts !== undefined);
  return { ...facts };
}

Deno.test("runOperator() takes pods called constructor and __proto__ for pods", async () => {
  await using operator = await startOperator((cluster) => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      cluster.putPod(pod(name).container("__proto__", { image: "app" }));
    }
    cluster.putPolicy({ spec: ALL_CHECKS });
  });
  assert.equal(operator.status().message, "4 violations across 4 pods — Healthy (95)");
  assert.deepEqual(operator.status().findings?.map(({ pod }) => pod), [
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
  ]);
  await operator.clock.advance(1_000);
  operator.cluster.deletePod("constructor");
  await operator.clock.advance(0);
  assert.equal(operator.status().pods, 3);
});

Deno.test("runOperator() keeps policies and namespaces called constructor apart", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").inNamespace("constructor").container("app", { image: "app" }));
    cluster.putPolicy({ name: "constructor", namespace: "constructor", spec: ALL_CHECKS });
    cluster.putPolicy({ name: "__proto__", namespace: "valueof", spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  assert.equal(operator.status("constructor", "constructor").healthScore, 95);
  assert.equal(operator.status("__proto__", "valueof").healthScore, 100);
  const { text } = await get(operator, "/metrics");
  assert.equal(seriesWith(text, "policy", "constructor").length, 9);
  assert.equal(seriesWith(text, "policy", "__proto__").length, 9);
});

Deno.test("runOperator() does not take a __proto__ in a pod for its prototype", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(parsed(`{
      "metadata": { "namespace": "production", "name": "web", "__proto__": { "deletionTimestamp": "x" } },
      "spec": { "containers": [{ "name": "app", "image": "app", "__proto__": { "livenessProbe": {} } }] },
      "status": { "phase": "Running", "__proto__": { "phase": "Succeeded" } }
    }`));
    cluster.putPolicy({ spec: { requireLivenessProbe: true } });
  });
  assert.equal(operator.status().message, "1 violations across 1 pods — Healthy (97)");
});

Deno.test("runOperator() does not take a __proto__ in a spec for settings", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: JSON.parse(`{ "__proto__": { "forbidLatestTag": true } }`) });
    cluster.putPolicy({ name: "other", spec: ALL_CHECKS });
  });
  assert.equal(operator.status("other").healthScore, 95);
  assert.equal(operator.status().healthScore, 100);
});

Deno.test("runOperator() writes a small status for a pod of 10,000 bad containers", async () => {
  await using operator = await startOperator((cluster) => {
    const containers = Array.from({ length: 10_000 }, (_, i) => ({
      name: `c${i}-${"x".repeat(5_000)}`,
      image: "y".repeat(5_000),
    }));
    const json = { metadata: { namespace: "production", name: "huge" }, spec: { containers } };
    cluster.putPod(parsed(JSON.stringify(json)));
    cluster.putPolicy({ spec: ALL_CHECKS });
  });
  assert.equal(operator.status().message, "30000 violations across 1 pods — Critical (0)");
  assert.equal(operator.status().findings?.length, 20);
  assert(JSON.stringify(operator.status()).length < 20_000);
});

Deno.test("runOperator() lets no control character of an image into the status", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(pod("web").container("app", { image: "\x1b[2J\x1b[31mapp\nReady" }));
    cluster.putPolicy({ spec: ALL_CHECKS });
  });
  const [finding] = operator.status().findings ?? [];
  assert.equal(finding?.detail, "image \\u{1b}[2J\\u{1b}[31mapp\\u{a}Ready resolves to latest");
});

Deno.test("runOperator() takes −5 restarts for none, and 10³⁰⁰ for many", async () => {
  await using operator = await startOperator((cluster) => {
    for (const [name, restartCount] of [["less", -5], ["more", 1e300]] as const) {
      cluster.putPod(parsed(JSON.stringify({
        metadata: { namespace: "production", name },
        spec: { containers: [{ name: "app", image: "app:1" }] },
        status: { phase: "Running", containerStatuses: [{ name: "app", restartCount }] },
      })));
    }
    cluster.putPolicy({ spec: { maxRestartCount: 0 } });
  });
  assert.equal(operator.status().message, "1 violations across 2 pods — Healthy (85)");
  assert.equal(operator.status().findings?.[0]?.detail, "2147483647 restarts, 0 allowed");
});

Deno.test("runOperator() counts a pod without a list of containers as unevaluable, beside the others", async () => {
  await using operator = await startOperator((cluster) => {
    cluster.putPod(parsed(`{ "metadata": { "namespace": "production", "name": "odd" }, "spec": null }`));
    cluster.putPod(pod("web").container("app", { image: "app" }));
    cluster.putPolicy({ spec: ALL_CHECKS });
  }, ON_A_FREE_PORT);
  assert.equal(operator.status().message, "1 violations across 1 pods — Healthy (95)");
  const { text } = await get(operator, "/metrics");
  assert(text.includes(`devopspolicy_unevaluable_pods{namespace="production",policy="strict"} 1`));
});
