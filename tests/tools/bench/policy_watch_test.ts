/** The benchmarks' own watch: when policies come to say the truth, and what it says of those that do not. */

import assert from "node:assert/strict";
import { PolicyWatch } from "../../../tools/bench/policy_watch.ts";

const TOTALS = { pods: 10, violations: 3, penalty: 15 };

/** An event of the policy of a namespace that tells of so many violations. */
function event(type: string, namespace: string, violations: number): string {
  const status = {
    observedGeneration: 1,
    healthy: true,
    healthScore: 99,
    violations,
    lastEvaluated: "2026-02-22T10:00:00Z",
    message: `${violations} violations across 10 pods — Healthy (99)`,
  };
  return JSON.stringify({ type, object: { metadata: { namespace, generation: 1 }, status } }) + "\n";
}

/** A watch on a stream that the test writes to. */
async function watching() {
  const stream = new TransformStream<string, string>(undefined, { highWaterMark: 100 });
  const body = stream.readable.pipeThrough(new TextEncoderStream());
  const watch = await PolicyWatch.open({ request: () => Promise.resolve(new Response(body)) });
  const writer = stream.writable.getWriter();
  return { watch, writer };
}

Deno.test("tellTruth() resolves when the last policy says the truth, in whatever pieces that comes", async () => {
  const { watch, writer } = await watching();
  const truth = watch.tellTruth(new Map([["a", TOTALS], ["b", TOTALS]]), 60_000);
  let told = false;
  truth.then(() => told = true);
  await writer.write(event("ADDED", "a", 3) + event("ADDED", "b", 3).slice(0, 20));
  await writer.write(event("ADDED", "b", 3).slice(20).replace('"violations":3', '"violations":4'));
  await writer.write(event("MODIFIED", "a", 2) + event("MODIFIED", "b", 3) + event("MODIFIED", "c", 9));
  const onlyB = await watch.tellTruth(new Map([["b", TOTALS]]), 60_000);
  assert.equal(told, false, "a says something else by now");
  await writer.write(event("MODIFIED", "a", 3));
  assert.ok(await truth >= onlyB);
  assert.ok(await watch.tellTruth(new Map([["a", TOTALS]]), 60_000), "what is true already takes no event");
  await watch[Symbol.asyncDispose]();
});

Deno.test("tellTruth() names a policy that is wrong for too long, and what it says", async () => {
  const { watch, writer } = await watching();
  await writer.write(event("ADDED", "a", 7));
  await assert.rejects(
    watch.tellTruth(new Map([["a", TOTALS]]), 20),
    /After 0\.02 s, 1 of 1 policies do not say the truth: the one of a should tell of .*"violations":3/,
  );
  await watch[Symbol.asyncDispose]();
});

for (
  const { text, says } of [
    { text: "", says: /The watch of the policies ended/ },
    { text: JSON.stringify({ type: "ERROR", object: { code: 410 } }) + "\n", says: /was refused: .*410/ },
  ]
) {
  Deno.test(`tellTruth() fails with the watch: ${text.trim() || "a clean end"}`, async () => {
    const { watch, writer } = await watching();
    const truth = watch.tellTruth(new Map([["a", TOTALS]]), 60_000);
    const failure = assert.rejects(truth, says);
    await writer.write(text);
    await writer.close();
    await failure;
    await watch[Symbol.asyncDispose]();
  });
}

Deno.test("PolicyWatch says why a server refuses it", async () => {
  const request = () => Promise.resolve(new Response("no such resource", { status: 404 }));
  await assert.rejects(PolicyWatch.open({ request }), /Cannot watch the policies: 404 no such resource/);
});
