/** Source health: what is told once, what is counted, and when pods count as refused. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { followed, HOPELESS } from "../support/followed_source.ts";

const api = (code: number) => new ApiError({ code, reason: "", message: `status ${code}` });
const REFUSED = new ConnectionError("refused", "connection refused");
const TIMEOUT = new ConnectionError("timeout", "no answer");
type Followed = ReturnType<typeof followed>;

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
  Deno.test(`SourceHealth ${denied ? "counts" : "does not count"} ${error.message} as a refusal`, async () => {
    const { clock, health, read, changes } = followed();
    read();
    health.ended("failed", error, true);
    assert.equal(health.problem, undefined, "once may be a moment's");
    assert.equal(changes(), 1);
    health.ended("failed", error, true);
    assert.equal(health.problem, denied ? error.message : undefined);
    assert.equal(changes(), denied ? 2 : 1);
    health.ended("failed", error, true);
    assert.equal(changes(), denied ? 2 : 1, "the same again is no change");
    health.live();
    await clock.advance(999);
    assert.equal(health.problem, denied ? error.message : undefined, "what is new comes first");
    await clock.advance(1);
    assert.equal(health.problem, undefined);
    assert.equal(changes(), denied ? 3 : 1);
  });
}

for (
  const [what, between] of [
    ["a watch that was let in", ({ health }: Followed) => health.live()],
    ["another failure", ({ health }: Followed) => health.ended("failed", REFUSED, true)],
    ["history that is gone", ({ health }: Followed) => health.ended("gone", undefined, false)],
  ] as const
) {
  Deno.test(`SourceHealth takes two refusals for two moments' when there is ${what} between them`, () => {
    const world = followed();
    world.read();
    world.health.ended("failed", api(403), true);
    between(world);
    world.health.ended("failed", api(403), true);
    assert.equal(world.health.problem, undefined);
  });
}

Deno.test("SourceHealth stays refused while the server cannot be reached", () => {
  const { health } = followed();
  health.ended("failed", api(403), true);
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
    await clock.advance(1_000);
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

Deno.test("a forgetful API server is told of, and is no reason for distrust", () => {
  const { health, said } = followed();
  health.live();
  health.forgetful();
  assert.deepEqual(said().map(([level, message]) => [level, message]), [
    ["warn", "the API server forgets its history again and again, reading all of it ever more slowly"],
  ]);
  assert.equal(health.problem, undefined);
});

Deno.test("SourceHealth leaves no timer behind when a watch ends before it is believed, or at the end", () => {
  for (const end of [({ health }: Followed) => health.ended("failed", REFUSED, true), letGo]) {
    const world = followed();
    world.read();
    for (let i = 0; i < 2; i++) world.health.ended("failed", api(403), true);
    world.health.live();
    assert.equal(world.clock.pending, 1);
    end(world);
    assert.equal(world.clock.pending, 0);
  }
});

function letGo({ health }: Followed): void {
  health[Symbol.dispose]();
}
