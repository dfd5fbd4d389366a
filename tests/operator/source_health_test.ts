/** Source health: what is told once, what is counted, and when pods count as refused. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { SourceHealth } from "../../lib/operator/source_health.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { recordingLogger } from "../support/recording_logger.ts";

const api = (code: number) => new ApiError({ code, reason: "", message: `status ${code}` });
const REFUSED = new ConnectionError("refused", "connection refused");
const TIMEOUT = new ConnectionError("timeout", "no answer");
const HOPELESS = new ConnectionError("tls", "signed by a stranger");

function followed() {
  const clock = new ManualClock();
  const { log, records } = recordingLogger();
  const restarts: string[] = [];
  const early: unknown[] = [];
  let changes = 0;
  const metrics = {
    observeWatchRestart: (resource: string, cause: string) => void restarts.push(`${resource} ${cause}`),
  };
  const health = new SourceHealth({
    resource: "pods",
    namespace: "production",
    log,
    clock,
    metrics,
    explain: (error) => (error as Error).message,
    onChange: () => changes++,
    onEarlyFailure: (error) => early.push(error) > 0 && error === HOPELESS,
  });
  return {
    clock,
    health,
    restarts,
    early,
    changes: () => changes,
    said: () => records.map(({ level, message, properties }) => [level, message, properties.problem]),
  };
}

Deno.test("SourceHealth is synced from the first time that the collection was read", () => {
  const { health, changes } = followed();
  assert.equal(health.synced, false);
  health.live();
  assert.equal(health.synced, true);
  health.ended("failed", REFUSED);
  assert.equal(health.synced, true, "what was read stays known");
  health.live();
  assert.equal(changes(), 1);
});

Deno.test("SourceHealth tells each state once, and when it is over", () => {
  const { health, said } = followed();
  for (const error of [REFUSED, REFUSED, TIMEOUT, TIMEOUT, api(503), api(500)]) health.ended("failed", error);
  health.live();
  health.live();
  health.ended("failed", REFUSED);
  assert.deepEqual(said(), [
    ["warn", "cannot watch, trying again", "connection refused"],
    ["warn", "cannot watch, trying again", "no answer"],
    ["warn", "cannot watch, trying again", "status 503"],
    ["info", "watching again", undefined],
    ["warn", "cannot watch, trying again", "connection refused"],
  ]);
});

for (const end of ["closed", "overdue", "gone", "no-watch-list"] as const) {
  Deno.test(`SourceHealth counts a watch that ended as ${end}, and warns nobody`, () => {
    const { health, said, restarts, early } = followed();
    health.ended(end, undefined);
    assert.deepEqual(restarts, [`pods ${end}`]);
    assert.deepEqual(said(), [["debug", "watch ended", undefined]]);
    assert.deepEqual(early, []);
  });
}

Deno.test("SourceHealth does not count a watch that was merely silent", () => {
  const { health, restarts, said } = followed();
  health.ended("idle", undefined);
  assert.deepEqual(restarts, []);
  assert.deepEqual(said(), [["debug", "watch ended", undefined]]);
});

Deno.test("SourceHealth counts failures by their kind, never by their text", () => {
  const { health, restarts } = followed();
  for (const error of [REFUSED, api(403), api(500), new Error("x")]) health.ended("failed", error);
  assert.deepEqual(restarts, [
    "pods connection_refused",
    "pods http_403",
    "pods server_error",
    "pods internal",
  ]);
});

for (
  const [error, denied] of [
    [api(401), true],
    [api(403), true],
    [api(404), true],
    [api(410), false],
    [api(429), false],
    [api(500), false],
    [REFUSED, false],
    [new Error("x"), false],
  ] as const
) {
  Deno.test(`SourceHealth ${denied ? "counts" : "does not count"} ${error.message} as a refusal`, () => {
    const { health, changes } = followed();
    health.live();
    health.ended("failed", error);
    assert.equal(health.problem, denied ? error.message : undefined);
    assert.equal(changes(), denied ? 2 : 1);
    health.ended("failed", error);
    assert.equal(changes(), denied ? 2 : 1, "the same again is no change");
    health.live();
    assert.equal(health.problem, undefined);
    assert.equal(changes(), denied ? 3 : 1);
  });
}

Deno.test("SourceHealth stays refused while the server cannot be reached", () => {
  const { health } = followed();
  health.ended("failed", api(403));
  health.ended("failed", REFUSED);
  assert.equal(health.problem, "status 403");
});

Deno.test("SourceHealth passes on only what fails before the collection was ever read", () => {
  const { health, early } = followed();
  health.ended("failed", REFUSED);
  health.live();
  health.ended("failed", TIMEOUT);
  assert.deepEqual(early, [REFUSED]);
});

Deno.test("SourceHealth says nothing of trying again after a failure that ends the operator", () => {
  const { health, said, early } = followed();
  health.ended("failed", HOPELESS);
  assert.deepEqual(early, [HOPELESS]);
  assert.deepEqual(said(), []);
});

for (const error of [api(500), api(429), TIMEOUT, new Error("x")]) {
  Deno.test(`SourceHealth trusts what was read for a minute of ${error.message}, and no longer`, async () => {
    const { clock, health, changes } = followed();
    health.live();
    health.ended("failed", error);
    await clock.advance(59_999);
    health.ended("failed", error);
    assert.equal(health.problem, undefined);
    await clock.advance(1);
    health.ended("failed", error);
    assert.equal(health.problem, error.message);
    assert.equal(changes(), 2);
    health.live();
    assert.equal(health.problem, undefined);
    health.ended("failed", error);
    assert.equal(health.problem, undefined, "the minute starts anew");
  });
}

Deno.test("a forgetful API server is told of, and is no reason for distrust", () => {
  const { health, said } = followed();
  health.live();
  health.forgetful();
  assert.deepEqual(said().map(([level, message]) => [level, message]), [
    ["warn", "the API server forgets its history again and again, reading all of it ever more slowly"],
  ]);
  assert.equal(health.problem, undefined);
});
