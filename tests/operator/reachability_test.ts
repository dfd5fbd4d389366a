/** Reachability: when it makes sense to write, by what the watchers hear. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError, CredentialsError } from "../../lib/api/errors.ts";
import { Line } from "../../lib/api/line.ts";
import { Reachability } from "../../lib/operator/reachability.ts";
import type { WatcherObserver } from "../../lib/runtime/watcher_event.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

const REFUSED = new ConnectionError("refused", "connection refused");
const NO_TOKEN = new CredentialsError("the token file is empty");
const FORBIDDEN = new ApiError({ code: 403, reason: "Forbidden", message: "forbidden" });

function following() {
  const told: string[] = [];
  const observer: WatcherObserver = {
    live: () => told.push("live"),
    heard: () => told.push("heard"),
    ended: (end) => told.push(end),
    forgetful: () => told.push("forgetful"),
  };
  const line = new Line();
  const reachability = new Reachability({ line, clock: new ManualClock() });
  const [policies, pods] = [reachability.following({ ...observer }), reachability.following({ ...observer })];
  const stopping = new AbortController();
  return {
    line,
    told,
    policies,
    pods,
    abort: () => stopping.abort(),
    /** Whether somebody who asks now is let through, now. */
    async isAnswered() {
      let isThrough = false;
      void reachability.answered(stopping.signal).then(() => isThrough = true);
      await settled();
      return isThrough;
    },
  };
}

Deno.test("reachability is believed in as long as one watcher is not known to be cut off", async () => {
  const { policies, pods, isAnswered } = following();
  assert.equal(await isAnswered(), true);
  policies.ended("failed", REFUSED, true);
  assert.equal(await isAnswered(), true);
  pods.ended("failed", REFUSED, true);
  assert.equal(await isAnswered(), false);
});

for (
  const [what, hear, isHeard] of [
    ["a watch that lives", (it: WatcherObserver) => it.live(), true],
    ["an event", (it: WatcherObserver) => it.heard(), true],
    ["a refusal", (it: WatcherObserver) => it.ended("failed", FORBIDDEN, true), true],
    ["history that is gone", (it: WatcherObserver) => it.ended("gone", undefined, true), true],
    ["a watch that was closed", (it: WatcherObserver) => it.ended("closed", undefined, true), true],
    ["no initial events", (it: WatcherObserver) => it.ended("no-watch-list", undefined, true), true],
    ["silence", (it: WatcherObserver) => it.ended("idle", undefined, true), false],
    ["a watch that is overdue", (it: WatcherObserver) => it.ended("overdue", undefined, true), false],
    ["another failure", (it: WatcherObserver) => it.ended("failed", REFUSED, true), false],
    ["a token that cannot be read", (it: WatcherObserver) => it.ended("failed", NO_TOKEN, true), false],
  ] as const
) {
  Deno.test(`reachability takes ${what} for ${isHeard ? "an answer" : "none"}`, async () => {
    const { policies, pods, isAnswered } = following();
    for (const it of [policies, pods]) it.ended("failed", REFUSED, true);
    hear(pods);
    assert.equal(await isAnswered(), isHeard);
  });
}

Deno.test("reachability counts whom nobody answers since somebody was answered, whoever that was", async () => {
  const { line, policies, pods, isAnswered } = following();
  policies.ended("failed", REFUSED, true);
  line.sent()(true);
  pods.ended("failed", NO_TOKEN, true);
  assert.equal(await isAnswered(), true, "the policies may be answered by now");
  policies.ended("failed", REFUSED, true);
  assert.equal(await isAnswered(), false);
  line.sent()(true);
  assert.equal(await isAnswered(), true);
  pods.ended("failed", REFUSED, true);
  assert.equal(await isAnswered(), true);
});

Deno.test("reachability keeps nobody who is to end, and passes on all that it hears", async () => {
  const { policies, pods, told, abort, isAnswered } = following();
  for (const it of [policies, pods]) it.ended("failed", REFUSED, true);
  abort();
  assert.equal(await isAnswered(), true);
  policies.live();
  pods.forgetful?.();
  assert.deepEqual(told, ["failed", "failed", "live", "forgetful"]);
});
