/** Watchers of servers that take their time to fail: only a watch that was followed makes up for a failure. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../lib/api/errors.ts";
import { settled } from "../support/manual_clock.ts";
import { initialEnd } from "../support/things.ts";
import { apiError, live, type Watch, watching } from "../support/watching.ts";

/** How long each of these takes to fail, as a wire that waits for headers does; milliseconds. */
const SLOW_MS = 10_000;
const SILENT = new ConnectionError("timeout", "no answer within 10 s");

for (
  const [what, answer] of [
    ["never answers a watch", (watch: Watch) => watch.refuse(SILENT)],
    ["never answers, and then refuses", (watch: Watch) => watch.refuse(apiError(503))],
    ["is followed for a moment", (watch: Watch) => void watch.accept().push(initialEnd(10)).break(SILENT)],
  ] as const
) {
  Deno.test(`runWatcher() asks at most 20 times in ten minutes a server that takes 10 s and ${what}`, async () => {
    const { source, clock, openedAt, stop } = await watching();
    for (let asked = 0; asked < 600 / (SLOW_MS / 1_000); asked++) {
      const watch = source.lastWatch;
      await clock.advance(SLOW_MS);
      if (watch === source.lastWatch) answer(watch);
      await settled();
    }
    assert(openedAt().length <= 20, `asked ${openedAt().length} times`);
    assert(openedAt().length >= 10, `asked ${openedAt().length} times only`);
    await stop();
  });
}

Deno.test("runWatcher() tries again 2 s after a first refusal, however long it had failed before", async () => {
  for (const code of [401, 403, 404]) {
    const { source, clock, openedAt, stop } = await watching({
      script: { onWatch: (watch) => watch.refuse(apiError(503)) },
    });
    await clock.advance(20_000);
    assert.deepEqual(openedAt(), [0, 0, 1, 3, 7, 15]);
    source.script = { onWatch: (watch) => watch.refuse(apiError(code)) };
    await clock.advance(60_000);
    assert.deepEqual(openedAt().slice(6), [31, 33, 78]);
    await stop();
  }
});

Deno.test("runWatcher() is prompt after a refusal once for each healthy watch", async () => {
  const { source, clock, openedAt, stop } = await live();
  for (let life = 0; life < 3; life++) {
    await clock.advance(10_000);
    const endedAt = openedAt().length;
    source.lastWatch.push({ type: "error", error: apiError(403) });
    await clock.advance(2_000);
    assert.equal(openedAt().length, endedAt + 1);
    source.lastWatch.accept();
    await settled();
  }
  assert.deepEqual(openedAt(), [0, 12, 24, 36]);
  await stop();
});
