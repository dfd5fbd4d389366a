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
  const relists: string[] = [];
  const early: unknown[] = [];
  let changes = 0;
  const metrics = {
    observeWatchRestart: (resource: string, cause: string) => void restarts.push(`${resource} ${cause}`),
    observeRelist: (resource: string, cause: string) => void relists.push(`${resource} ${cause}`),
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
    /** The collection has been read in full. */
    read() {
      health.live();
      health.heard();
    },
    restarts,
    relists,
    early,
    changes: () => changes,
    said: () => records.map(({ level, message, properties }) => [level, message, properties.problem]),
  };
}

Deno.test("SourceHealth is synced from the first time that the collection was read", () => {
  const { health, read, changes } = followed();
  assert.equal(health.synced, false);
  read();
  assert.equal(health.synced, true);
  health.ended("failed", REFUSED, true);
  assert.equal(health.synced, true, "what was read stays known");
  health.live();
  assert.equal(changes(), 1);
});

Deno.test("SourceHealth tells each state once, and when it is over", () => {
  const { health, said } = followed();
  for (const error of [REFUSED, REFUSED, TIMEOUT, TIMEOUT, api(503), api(500)]) {
    health.ended("failed", error, true);
  }
  health.live();
  health.live();
  health.ended("failed", REFUSED, true);
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
    health.ended(end, undefined, true);
    assert.deepEqual(restarts, [`pods ${end}`]);
    assert.deepEqual(said(), [["debug", "watch ended", undefined]]);
    assert.deepEqual(early, []);
  });
}

Deno.test("SourceHealth does not count a watch that was merely silent", () => {
  const { health, restarts, said } = followed();
  health.ended("idle", undefined, true);
  assert.deepEqual(restarts, []);
  assert.deepEqual(said(), [["debug", "watch ended", undefined]]);
});

Deno.test("SourceHealth counts failures by their kind, never by their text", () => {
  const { health, restarts } = followed();
  for (const error of [REFUSED, api(403), api(500), new Error("x")]) health.ended("failed", error, true);
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
    const { health, read, changes } = followed();
    read();
    health.ended("failed", error, true);
    assert.equal(health.problem, denied ? error.message : undefined);
    assert.equal(changes(), denied ? 2 : 1);
    health.ended("failed", error, true);
    assert.equal(changes(), denied ? 2 : 1, "the same again is no change");
    health.live();
    assert.equal(health.problem, undefined);
    assert.equal(changes(), denied ? 3 : 1);
  });
}

Deno.test("SourceHealth stays refused while the server cannot be reached", () => {
  const { health } = followed();
  health.ended("failed", api(403), true);
  health.ended("failed", REFUSED, true);
  assert.equal(health.problem, "status 403");
});

Deno.test("SourceHealth passes on only what fails before the collection was ever read", () => {
  const { health, early } = followed();
  health.ended("failed", REFUSED, true);
  health.live();
  health.ended("failed", TIMEOUT, true);
  assert.deepEqual(early, [REFUSED]);
});

Deno.test("SourceHealth says nothing of trying again after a failure that ends the operator", () => {
  const { health, said, early } = followed();
  health.ended("failed", HOPELESS, true);
  assert.deepEqual(early, [HOPELESS]);
  assert.deepEqual(said(), []);
});

for (const error of [api(500), api(429), TIMEOUT, new Error("x")]) {
  Deno.test(`SourceHealth trusts what was read for a minute of ${error.message}, and no longer`, async () => {
    const { clock, health, read, changes } = followed();
    read();
    health.ended("failed", error, true);
    await clock.advance(59_999);
    health.ended("failed", error, true);
    assert.equal(health.problem, undefined);
    await clock.advance(1);
    health.ended("failed", error, true);
    assert.equal(health.problem, error.message);
    assert.equal(changes(), 2);
    health.live();
    assert.equal(health.problem, undefined);
    health.ended("failed", error, true);
    assert.equal(health.problem, undefined, "the minute starts anew");
  });
}

Deno.test("SourceHealth counts what is read again, by why, but neither a first reading nor what resumes", () => {
  const { health, read, relists } = followed();
  health.ended("failed", REFUSED, false);
  health.ended("no-watch-list", undefined, false);
  read();
  health.ended("closed", undefined, true);
  health.ended("gone", undefined, false);
  health.ended("failed", api(500), false);
  read();
  assert.deepEqual(relists, ["pods gone", "pods server_error"]);
});

Deno.test("SourceHealth knows no age before the collection was read, and then counts from what it heard last", async () => {
  const { clock, health, read } = followed();
  assert.equal(health.ageMs, undefined);
  assert.equal(health.isFresh, false);
  read();
  await clock.advance(5_000);
  assert.equal(health.ageMs, 5_000);
  health.heard();
  assert.equal(health.ageMs, 0);
});

Deno.test("SourceHealth holds a silent watch that is resumed again and again for fresh, for as long as it takes", async () => {
  const { clock, health, read } = followed();
  read();
  for (let i = 0; i < 14; i++) {
    await clock.advance(45_000);
    assert.equal(health.isFresh, true, `after ${(i + 1) * 45} s`);
    health.ended("idle", undefined, true);
    health.live();
  }
  assert.equal(health.ageMs, 0);
});

Deno.test("SourceHealth is no longer fresh when no watch could be opened for two minutes, and fresh again with the first", async () => {
  const { clock, health, read } = followed();
  read();
  health.ended("failed", TIMEOUT, true);
  await clock.advance(120_000);
  assert.equal(health.isFresh, true);
  await clock.advance(1);
  assert.equal(health.isFresh, false);
  health.live();
  assert.equal(health.isFresh, true);
});

for (const [end, error] of [["failed", api(500)], ["closed", undefined]] as const) {
  Deno.test(`SourceHealth is not taken in by watches that are accepted, and ${end} at once`, async () => {
    const { clock, health, read, said } = followed();
    read();
    await clock.advance(10_000);
    health.ended(end, error, true);
    for (let i = 0; i < 5; i++) {
      health.live();
      await clock.advance(999);
      health.ended(end, error, true);
      await clock.advance(29_001);
    }
    assert.equal(health.isFresh, false);
    assert.equal(health.ageMs, 160_000);
    // The first of them was believed, and no other.
    const told = said().filter(([level]) => level !== "debug").map(([, message]) => message);
    const twice = ["cannot watch, trying again", "watching again", "cannot watch, trying again"];
    assert.deepEqual(told, end === "failed" ? twice : []);
  });
}

Deno.test("SourceHealth believes watches again after a row of failures when one lasts, or brings something", async () => {
  for (const prove of ["lasts", "brings"]) {
    const { clock, health, read } = followed();
    read();
    await clock.advance(1_000);
    for (let i = 0; i < 6; i++) {
      health.ended("failed", api(500), true);
      await clock.advance(30_000);
      health.live();
    }
    health.ended("failed", api(500), true);
    health.live();
    assert.equal(health.problem, "status 500");
    assert.equal(health.isFresh, false);
    if (prove === "brings") health.heard();
    else {
      await clock.advance(45_000);
      health.ended("idle", undefined, true);
      health.live();
    }
    assert.equal(health.problem, undefined, prove);
    assert.equal(health.isFresh, true, prove);
  }
});

Deno.test("SourceHealth is not fresh while what was read is not to be trusted, however lately that was", () => {
  const { health, read } = followed();
  read();
  health.ended("failed", api(403), true);
  assert.equal(health.ageMs, 0);
  assert.equal(health.isFresh, false);
});
