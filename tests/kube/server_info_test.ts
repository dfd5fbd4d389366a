/** What a server says of itself: its version, its time, and as whom it knows us. */

import assert from "node:assert/strict";
import type { Clock } from "../../lib/api/clock.ts";
import { createServerInfo } from "../../lib/kube/server_info.ts";
import { InstantClock } from "../support/instant_clock.ts";
import { json, loginPage, refusal } from "../support/replies.ts";
import { serving } from "./harness.ts";

const VERSION = { major: "1", minor: "34", gitVersion: "v1.34.4" };

Deno.test("version() reads the version", () =>
  serving([json(VERSION)], async ({ server, transport, signal }) => {
    assert.equal(await createServerInfo(transport, new InstantClock()).version(signal), "v1.34.4");
    assert.equal(server.requests[0]?.target, "/version/");
  }));

Deno.test("version() gives undefined where we may not know, and throws where it is no API server", async () => {
  await serving([refusal(403, "Forbidden")], async ({ transport, signal }) => {
    assert.equal(await createServerInfo(transport, new InstantClock()).version(signal), undefined);
  });
  await serving([refusal(404, "NotFound")], async ({ transport, signal }) => {
    await assert.rejects(createServerInfo(transport, new InstantClock()).version(signal), { code: 404 });
  });
  await serving(Array(4).fill(loginPage), async ({ transport, signal }) => {
    const version = createServerInfo(transport, new InstantClock()).version(signal);
    await assert.rejects(version, /ConnectionError: .* a login page in front of it\?$/);
  });
});

/** A clock on which each answer takes as long as it is told to, and that is otherwise still. */
class SlowAnswers implements Clock {
  readonly #ms: number[];
  #monotonic = 0;
  #looks = 0;

  constructor(...ms: number[]) {
    this.#ms = ms;
  }

  now(): number {
    return Date.UTC(2026, 1, 22, 10) + this.#monotonic;
  }

  /** Looked at before each request, and after each answer. */
  monotonic(): number {
    if (this.#looks++ % 2 === 1) this.#monotonic += this.#ms.shift() ?? 0;
    return this.#monotonic;
  }

  after(): () => void {
    return () => {};
  }
}

const at = (date: string) => json(VERSION, { headers: { date } });

for (
  const [what, date, took, aheadMs, toleranceMs] of [
    // The server says 10:00:00, which stands for 10:00:00.5 on average.
    ["at once", "Sun, 22 Feb 2026 10:00:00 GMT", 0, 500, 500],
    // Half of the time it took goes by before the server looks at its clock.
    ["after a second", "Sun, 22 Feb 2026 10:00:00 GMT", 1_000, 0, 1_000],
    ["at once, by a clock that is ahead", "Sun, 22 Feb 2026 10:01:00 GMT", 0, 60_500, 500],
    ["at once, by a clock that is behind", "Sun, 22 Feb 2026 09:59:00 GMT", 0, -59_500, 500],
  ] as const
) {
  Deno.test(`clockDifference() compares with an answer that comes ${what}`, () =>
    serving([at("Sun, 22 Feb 2026 00:00:00 GMT"), at(date)], async ({ transport, signal }) => {
      // The first answer takes a while, which does not count.
      const clock = new SlowAnswers(0, took);
      assert.deepEqual(await createServerInfo(transport, clock).clockDifference(signal), {
        aheadMs,
        toleranceMs,
      });
    }));
}

Deno.test("clockDifference() leaves aside how long the first answer took, in which connections and credentials are made", () =>
  serving(Array(2).fill(at("Sun, 22 Feb 2026 10:00:09 GMT")), async ({ transport, signal }) => {
    const clock = new SlowAnswers(9_000, 0);
    const difference = await createServerInfo(transport, clock).clockDifference(signal);
    assert.deepEqual(difference, { aheadMs: 500, toleranceMs: 500 });
  }));

Deno.test("clockDifference() needs no right on the version", () =>
  serving(
    Array(2).fill(refusal(403, "Forbidden", { headers: { date: "Sun, 22 Feb 2026 10:00:00 GMT" } })),
    async ({ transport, signal }) => {
      const difference = await createServerInfo(transport, new SlowAnswers()).clockDifference(signal);
      assert.deepEqual(difference, { aheadMs: 500, toleranceMs: 500 });
    },
  ));

for (const headers of [{}, { date: "yesterday" }]) {
  Deno.test(`clockDifference() is not known from an answer with the headers ${JSON.stringify(headers)}`, () =>
    serving(Array(2).fill(json(VERSION, { headers })), async ({ transport, signal }) => {
      const info = createServerInfo(transport, new SlowAnswers());
      assert.equal(await info.clockDifference(signal), undefined);
    }));
}

Deno.test("userName() tells as whom the server knows us", () =>
  serving(
    [json({ status: { userInfo: { username: "system:serviceaccount:team:operator" } } }, { status: 201 })],
    async ({ server, transport, signal }) => {
      const name = await createServerInfo(transport, new InstantClock()).userName(signal);
      assert.equal(name, "system:serviceaccount:team:operator");
      const { method, target } = server.requests[0]!;
      assert.equal(`${method} ${target}`, "POST /apis/authentication.k8s.io/v1/selfsubjectreviews");
    },
  ));

for (const [code, why] of [[404, "is too old to tell"], [403, "does not tell us"]] as const) {
  Deno.test(`userName() gives undefined where the server ${why}`, () =>
    serving([refusal(code)], async ({ transport, signal }) => {
      assert.equal(await createServerInfo(transport, new InstantClock()).userName(signal), undefined);
    }));
}
