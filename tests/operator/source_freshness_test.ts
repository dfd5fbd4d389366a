/** Freshness of what was read: how old it is, when that is too old, and which signs of life are believed. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { followed } from "../support/followed_source.ts";

const api = (code: number) => new ApiError({ code, reason: "", message: `status ${code}` });
const TIMEOUT = new ConnectionError("timeout", "no answer");

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

Deno.test("SourceHealth is no longer fresh when no watch could be opened for two minutes, and fresh again with the first that lasts", async () => {
  const { clock, health, read } = followed();
  read();
  health.ended("failed", TIMEOUT, true);
  await clock.advance(120_000);
  assert.equal(health.isFresh, true);
  await clock.advance(1);
  assert.equal(health.isFresh, false);
  assert.match(
    health.problem ?? "",
    /^Cannot watch pods: nothing was heard of them for more than 2 minutes\.$/,
  );
  health.live();
  assert.equal(health.isFresh, false, "what is new comes first");
  await clock.advance(1_000);
  assert.equal(health.isFresh, true);
  assert.equal(health.problem, undefined);
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
    assert.deepEqual(told, end === "failed" ? twice : ["cannot watch, trying again"]);
  });
}

for (const end of ["closed", "gone", "no-watch-list", "overdue"] as const) {
  Deno.test(`SourceHealth trusts what was read for a minute of watches that are ${end} and told nothing`, async () => {
    const { clock, health, read, changes, said } = followed();
    read();
    await clock.advance(10_000);
    health.ended(end, undefined, true);
    health.ended(end, undefined, true);
    await clock.advance(59_999);
    health.ended(end, undefined, true);
    assert.equal(health.problem, undefined);
    await clock.advance(1);
    health.ended(end, undefined, true);
    assert.match(health.problem ?? "", /^Cannot watch pods: the API server ends each watch before/);
    assert.equal(health.isFresh, false);
    assert.equal(changes(), 2);
    assert.deepEqual(said().filter(([level]) => level === "warn").length, 1);
    health.live();
    await clock.advance(1_000);
    assert.equal(health.problem, undefined);
    assert.equal(changes(), 3);
  });
}

Deno.test("SourceHealth gives up waiting for a collection that was never read when each watch ends with nothing told", async () => {
  const { clock, health, changes } = followed();
  for (let second = 0; second <= 60; second += 30) {
    assert.equal(changes(), 0);
    health.ended("gone", undefined, false);
    await clock.advance(30_000);
  }
  assert.equal(changes(), 1);
  assert.equal(health.synced, false);
  assert.match(health.problem ?? "", /\(gone\)/);
});

Deno.test("SourceHealth trusts a watch again that lasts, although those before it were closed at once", async () => {
  const { clock, health, read } = followed();
  read();
  await clock.advance(10_000);
  health.ended("closed", undefined, true);
  for (let i = 0; i < 4; i++) {
    health.live();
    health.ended("closed", undefined, true);
    await clock.advance(30_000);
  }
  health.live();
  await clock.advance(999);
  assert.match(health.problem ?? "", /\(closed\)/);
  await clock.advance(1);
  assert.equal(health.problem, undefined);
  assert.equal(health.isFresh, true);
});

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
  for (let i = 0; i < 2; i++) health.ended("failed", api(403), true);
  assert.equal(health.ageMs, 0);
  assert.equal(health.isFresh, false);
});
