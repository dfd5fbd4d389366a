/** Abortable bodies: they pass on what comes, end when told to, and in any case let go of their source and signal. */

import assert from "node:assert/strict";
import type { LinkedAbort } from "../../lib/api/abort.ts";
import { abortableBody } from "../../lib/kube/abortable_body.ts";
import { settled } from "../support/manual_clock.ts";

/** A life that the test ends, and that remembers being disposed of. */
function testLife(): LinkedAbort & { disposed: number } {
  const controller = new AbortController();
  const life = {
    disposed: 0,
    signal: controller.signal,
    abort: (reason?: unknown) => controller.abort(reason),
    [Symbol.dispose]: () => void life.disposed++,
  };
  return life;
}

/** A source that gives one chunk and then what the test says; it remembers being cancelled. */
function source(then: "freeze" | "end" | "break" = "freeze") {
  const seen: { cancelled: unknown } = { cancelled: "no" };
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Uint8Array.of(1)),
    pull(controller) {
      if (then === "end") controller.close();
      else if (then === "break") controller.error(new TypeError("broken"));
      else return new Promise<void>(() => {});
    },
    cancel: (reason) => void (seen.cancelled = reason),
  });
  return { stream, seen };
}

Deno.test("abortableBody() passes on what comes, and the end", async () => {
  const life = testLife();
  const chunks = [];
  for await (const chunk of abortableBody(source("end").stream, life)) chunks.push(...chunk);
  assert.deepEqual(chunks, [1]);
  assert(life.disposed > 0);
});

Deno.test("abortableBody() passes on what breaks its source", async () => {
  const life = testLife();
  const reader = abortableBody(source("break").stream, life).getReader();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, /^TypeError: broken$/);
  assert(life.disposed > 0);
});

Deno.test("abortableBody() breaks with the reason of an abort, and lets go of its frozen source", async () => {
  const [life, { stream, seen }] = [testLife(), source()];
  const reader = abortableBody(stream, life).getReader();
  await reader.read();
  const next = assert.rejects(reader.read(), (error) => error === "idle");
  life.abort("idle");
  await next;
  await settled();
  assert.notEqual(seen.cancelled, "no");
  assert(life.disposed > 0);
});

Deno.test("abortableBody() of a life that is over gives nothing but the reason", async () => {
  const [life, { stream, seen }] = [testLife(), source()];
  life.abort("too late");
  await assert.rejects(abortableBody(stream, life).getReader().read(), (error) => error === "too late");
  await settled();
  assert.notEqual(seen.cancelled, "no");
});

Deno.test("abortableBody() lets go of its source when its reader gives up", async () => {
  const [life, { stream, seen }] = [testLife(), source()];
  const body = abortableBody(stream, life);
  await body.cancel("enough");
  assert.equal(seen.cancelled, "enough");
  assert(life.disposed > 0);
  life.abort("later");
});
