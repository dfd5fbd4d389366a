/** Waiting that ends with an abort. */

import assert from "node:assert/strict";
import { unlessAborted } from "../../lib/api/abort.ts";

const reason = new Error("enough");

Deno.test("unlessAborted() gives what the promise brings", async () => {
  const { signal } = new AbortController();
  assert.equal(await unlessAborted(Promise.resolve(1), signal), 1);
  await assert.rejects(unlessAborted(Promise.reject(reason), signal), reason);
});

Deno.test("unlessAborted() throws the signal's reason as soon as that aborts, or at once", async () => {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const waiting = assert.rejects(unlessAborted(promise, controller.signal), reason);
  controller.abort(reason);
  await waiting;
  await assert.rejects(unlessAborted(promise, controller.signal), reason);
  // Nobody waits for it any more, and nobody minds how it ends.
  reject(new Error("late"));
});
