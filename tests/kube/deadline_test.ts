/** The deadline of short calls: it covers the body too, which `fetch` would wait for without end. */

import assert from "node:assert/strict";
import { CALL_TIMEOUT_MS, withDeadline } from "../../lib/kube/deadline.ts";
import { fromFetch } from "../../lib/kube/network_errors.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { json, stream } from "../support/replies.ts";
import { connectionError, get, serving, until } from "./harness.ts";
import { toGet } from "../support/wire.ts";

const server = "https://api.example";

Deno.test("withDeadline() gives up on an answer that has begun and never ends", () =>
  serving([json({}), stream(['{"items":['], "frozen")], async (served) => {
    const { transport, server, signal } = served;
    // The first request of a process is slow; the limit below is for one that is not.
    await (await get(served)).json();
    const start = performance.now();
    const reading = withDeadline(
      async (signal) => (await transport.fetch(signal)(toGet(transport.server))).text(),
      { server: transport.server, ms: 500 },
      signal,
    );
    await assert.rejects(reading, connectionError("timeout", /answer did not end within 0\.5 s\.$/));
    assert(performance.now() - start < PATIENCE_MS);
    await until(() => server.open === 0, "the connection is closed");
  }));

Deno.test("withDeadline() gives what the call gives, and its timer does not outlive it", async () => {
  let signal: AbortSignal | undefined;
  const call = (given: AbortSignal) => {
    signal = given;
    return Promise.resolve(1);
  };
  assert.equal(await withDeadline(call, { server, ms: 10 }, new AbortController().signal), 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(signal?.aborted, false);
});

Deno.test("withDeadline() passes errors on, and its timer does not outlive them", async () => {
  const error = new Error("no");
  const call = () => Promise.reject(error);
  const { signal } = new AbortController();
  await assert.rejects(withDeadline(call, { server }, signal), (thrown) => thrown === error);
});

Deno.test("withDeadline() ends with the caller's own reason when the caller stops", async () => {
  const controller = new AbortController();
  const waiting = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const stopped = withDeadline(waiting, { server }, controller.signal);
  controller.abort("stop");
  await assert.rejects(stopped, (thrown) => thrown === "stop");
});

Deno.test("withDeadline() tells the reason in words that survive the translation of network errors", async () => {
  const waiting = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const { signal } = new AbortController();
  const late = await withDeadline(waiting, { server, ms: 1 }, signal).catch((error) =>
    fromFetch(error, server)
  );
  connectionError("timeout", /^Cannot reach the API server at https:\/\/api\.example: its answer/)(late);
});

Deno.test("A short call may take half a minute", () => assert.equal(CALL_TIMEOUT_MS, 30_000));
