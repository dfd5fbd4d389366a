/** Abortable bodies: they pass on what comes, end when told to, and in any case let go of their source and signal. */

import assert from "node:assert/strict";
import type { LinkedAbort } from "../../lib/api/abort.ts";
import { abortableBody } from "../../lib/kube/abortable_body.ts";
import { watchedBody } from "../support/bodies.ts";
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

/** Tells what breaks a body in words of one's own. */
const toError = (error: unknown) => new Error(`told: ${error}`);

/** A source that gives one chunk and then freezes, ends or breaks. */
function source(then: "freeze" | "end" | "break" = "freeze") {
  return watchedBody([Uint8Array.of(1)], () => {
    if (then === "break") throw new TypeError("broken");
    return then === "end" ? undefined : new Promise<void>(() => {});
  });
}

Deno.test("abortableBody() passes on what comes, and the end", async () => {
  const life = testLife();
  const chunks = [];
  for await (const chunk of abortableBody(source("end").body, { life, toError })) chunks.push(...chunk);
  assert.deepEqual(chunks, [1]);
  assert(life.disposed > 0);
});

Deno.test("abortableBody() tells what breaks its source", async () => {
  const life = testLife();
  const reader = abortableBody(source("break").body, { life, toError }).getReader();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, /^Error: told: TypeError: broken$/);
  assert(life.disposed > 0);
});

Deno.test("abortableBody() fills the buffer that its reader brings, and gives it back at the end", async () => {
  const reader = abortableBody(source("end").body, { life: testLife(), toError }).getReader({ mode: "byob" });
  const chunk = await reader.read(new Uint8Array(10));
  assert.deepEqual(chunk, { done: false, value: Uint8Array.of(1) });
  assert.equal(chunk.value?.buffer.byteLength, 10);
  const end = await reader.read(new Uint8Array(chunk.value!.buffer));
  assert.deepEqual(end, { done: true, value: new Uint8Array() });
  assert.equal(end.value?.buffer.byteLength, 10);
});

Deno.test("abortableBody() breaks with the reason of an abort, and lets go of its frozen source", async () => {
  const [life, { body, seen }] = [testLife(), source()];
  const reader = abortableBody(body, { life, toError }).getReader();
  await reader.read();
  const next = assert.rejects(reader.read(), (error) => error === "idle");
  life.abort("idle");
  await next;
  await settled();
  assert.equal(seen.cancelled, true);
  assert(life.disposed > 0);
});

Deno.test("abortableBody() of a life that is over gives nothing but the reason", async () => {
  const [life, { body, seen }] = [testLife(), source()];
  life.abort("too late");
  await assert.rejects(
    abortableBody(body, { life, toError }).getReader().read(),
    (error) => error === "too late",
  );
  await settled();
  assert.equal(seen.cancelled, true);
});

Deno.test("abortableBody() lets go of its source when its reader gives up", async () => {
  const [life, { body, seen }] = [testLife(), source()];
  await abortableBody(body, { life, toError }).cancel("enough");
  assert.equal(seen.cancelled, true);
  assert(life.disposed > 0);
  life.abort("later");
});
