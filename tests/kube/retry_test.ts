/** Retries: which errors are worth another try, how many, how soon, and that nobody is asked sooner than allowed. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError, type ConnectionProblem, CredentialsError } from "../../lib/api/errors.ts";
import { withRetry } from "../../lib/kube/retry.ts";
import { InstantClock } from "../support/instant_clock.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

const api = (code: number, retryAfterMs?: number) =>
  new ApiError({ code, reason: "", message: `no ${code}`, retryAfterMs });
const connection = (problem: ConnectionProblem) => new ConnectionError(problem, `no ${problem}`);

/** Throws the errors one by one, then answers; counts its calls. */
function failing(...errors: unknown[]): { readonly call: () => Promise<string>; calls: number } {
  const counted = {
    calls: 0,
    call: () => {
      counted.calls++;
      return errors.length > 0 ? Promise.reject(errors.shift()) : Promise.resolve("done");
    },
  };
  return counted;
}

const never = new AbortController().signal;

Deno.test("withRetry() gives the first answer and does not wait for it", async () => {
  const clock = new InstantClock();
  const { call } = failing();
  assert.equal(await withRetry(call, { clock }, never), "done");
  assert.deepEqual(clock.waits, []);
});

for (const error of [429, 500, 502, 503, 504].map((code) => api(code))) {
  Deno.test(`withRetry() tries again after a ${error.code}`, async () => {
    const counted = failing(error);
    assert.equal(await withRetry(counted.call, { clock: new InstantClock() }, never), "done");
    assert.equal(counted.calls, 2);
  });
}

for (const problem of ["refused", "timeout", "dns", "reset", "other"] as const) {
  Deno.test(`withRetry() tries again when there was no answer: ${problem}`, async () => {
    const counted = failing(connection(problem));
    assert.equal(await withRetry(counted.call, { clock: new InstantClock() }, never), "done");
    assert.equal(counted.calls, 2);
  });
}

for (
  const error of [
    ...[400, 401, 403, 404, 405, 409, 410, 413, 422, 501].map((code) => api(code)),
    connection("tls"),
    connection("redirect"),
    new CredentialsError("no token"),
    new TypeError("a mistake of ours"),
  ]
) {
  Deno.test(`withRetry() does not try again after ${error.name} "${error.message}"`, async () => {
    const clock = new InstantClock();
    const counted = failing(error);
    await assert.rejects(withRetry(counted.call, { clock }, never), (thrown) => thrown === error);
    assert.equal(counted.calls, 1);
    assert.deepEqual(clock.waits, []);
  });
}

Deno.test("withRetry() stops after four tries and throws what the last one threw", async () => {
  const errors = [api(503), api(500), api(503), connection("reset"), api(503)];
  const last = errors[3];
  const counted = failing(...errors);
  await assert.rejects(withRetry(counted.call, { clock: new InstantClock() }, never), (e) => e === last);
  assert.equal(counted.calls, 4);
});

Deno.test("withRetry() takes as many tries as it is given", async () => {
  const counted = failing(api(503), api(503), api(503));
  const options = { clock: new InstantClock(), attempts: 2 };
  await assert.rejects(withRetry(counted.call, options, never), ApiError);
  assert.equal(counted.calls, 2);
});

Deno.test("withRetry() waits a quarter of a second, and each time twice as long, with up to a quarter more", async () => {
  const jitters = new Set<number>();
  for (let run = 0; run < 20; run++) {
    const clock = new InstantClock();
    const { call } = failing(api(503), api(503), api(503));
    await withRetry(call, { clock }, never);
    assert.equal(clock.waits.length, 3);
    clock.waits.forEach((wait, i) => {
      const base = 250 * 2 ** i;
      assert(wait >= base && wait <= base * 1.25, `wait ${i + 1} was ${wait} ms`);
    });
    jitters.add(clock.waits[0]!);
  }
  assert(jitters.size > 1, "all clients would return at the same moment");
});

Deno.test("withRetry() asks no sooner than the server allows", async () => {
  const clock = new ManualClock();
  const counted = failing(api(429, 7_000), api(503, 100));
  const result = withRetry(counted.call, { clock, delayMs: 250 }, never);
  await clock.advance(6_999);
  assert.equal(counted.calls, 1);
  await clock.advance(1);
  assert.equal(counted.calls, 2);
  // Less than its own delay is not a request to hurry.
  await clock.advance(499);
  assert.equal(counted.calls, 2);
  await clock.advance(126);
  assert.equal(await result, "done");
  assert.equal(clock.pending, 0);
});

Deno.test("withRetry() waits for 30 seconds if asked to, and leaves longer waits to the caller", async () => {
  const clock = new InstantClock();
  assert.equal(await withRetry(failing(api(503, 30_000)).call, { clock }, never), "done");
  assert.deepEqual(clock.waits, [30_000]);
  const counted = failing(api(429, 30_001));
  await assert.rejects(withRetry(counted.call, { clock }, never), { code: 429, retryAfterMs: 30_001 });
  assert.equal(counted.calls, 1);
  assert.deepEqual(clock.waits, [30_000]);
});

Deno.test("withRetry() ends while it waits, without another call, when it is told to stop", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const error = api(503);
  const counted = failing(error);
  const rejected = assert.rejects(
    withRetry(counted.call, { clock }, controller.signal),
    (thrown) => thrown === error,
  );
  await settled();
  assert.equal(clock.pending, 1);
  controller.abort();
  await rejected;
  assert.equal(counted.calls, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("withRetry() does not wait at all when the call failed because it was told to stop", async () => {
  const clock = new InstantClock();
  const controller = new AbortController();
  const error = connection("reset");
  const call = () => {
    controller.abort();
    return Promise.reject(error);
  };
  await assert.rejects(withRetry(call, { clock }, controller.signal), (thrown) => thrown === error);
  assert.deepEqual(clock.waits, []);
});
