/** A script knows which of its parts nobody has met; a pace is kept by whoever tells, not by whoever makes things happen. */

import assert from "node:assert/strict";
import { JSON_FORM } from "../../tools/bench/replay/frames.ts";
import type { ReceivedRequest } from "../support/http_request.ts";
import type { Exchange } from "./exchange.ts";
import { close } from "./faults.ts";
import { toLogged } from "./logged_request.ts";
import { paced } from "./paced.ts";
import { Script } from "./script.ts";
import { silent } from "./tellers.ts";

const PODS = toLogged(
  { method: "GET", target: "/api/v1/namespaces/shop/pods?watch=true" } as ReceivedRequest,
);
const POLICY = toLogged({
  method: "PATCH",
  target: "/apis/devops.stochastic.io/v1/namespaces/shop/devopspolicies/strict/status",
} as ReceivedRequest);
const FRAME = new Uint8Array();

Deno.test("a fault that is not met is told of until it is, and also when it was stopped before", () => {
  const script = new Script();
  const watches = script.inject({ kind: "watch", resource: "pods" }, close, Infinity);
  script.inject({ kind: "patchStatus", name: "strict" }, close, 1).stop();
  assert.deepEqual(script.unmet, ["watch pods", "patchStatus strict"]);
  assert.equal(script.take(PODS), close);
  assert.equal(watches.hits, 1);
  assert.notEqual(script.take(POLICY), close);
  assert.deepEqual(script.unmet, ["patchStatus strict"]);
});

Deno.test("a trap need not be met, and does to whoever meets it what a fault does", () => {
  const script = new Script();
  const trap = script.trap({ name: "strict" }, close);
  assert.deepEqual(script.unmet, []);
  assert.equal(script.take(POLICY), close);
  assert.equal(trap.hits, 1);
});

Deno.test("a watch that is to tell in another way has not been met before it had anything to tell", async () => {
  const script = new Script();
  const exchange = { request: PODS } as unknown as Exchange;
  script.retell(exchange, silent);
  assert.deepEqual(script.unmet, ["what the watch of pods tells"]);
  await exchange.teller(FRAME, exchange, JSON_FORM);
  assert.deepEqual(script.unmet, []);
});

Deno.test("what is paced is held, told no faster than asked for, and then let pass", async () => {
  const told: number[] = [];
  const held = paced(() => void told.push(performance.now()));
  const exchange = {} as Exchange;
  for (let i = 0; i < 11; i++) await held.teller(FRAME, exchange, JSON_FORM);
  assert.deepEqual([held.held, told.length], [11, 0]);
  const startedAt = performance.now();
  const { frames, ms } = await held.release(100);
  assert.deepEqual([frames, held.held, told.length], [11, 0, 11]);
  assert(ms >= 99, `11 frames were told in ${ms} ms`);
  assert(told.every((at, i) => at - startedAt >= i * 10 - 1), `they were told at ${told}`);
  await held.teller(FRAME, exchange, JSON_FORM);
  assert.equal(told.length, 12);
});
