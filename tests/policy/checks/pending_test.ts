/** The check pending: exactly at the limit is fine, one millisecond later is not, and `dueAt` says when that is. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../lib/policy/evaluate.ts";
import { moments } from "../../support/arbitraries.ts";
import { CREATED, pod } from "../../support/pod_builder.ts";

const SPEC = { forbidPendingDuration: 300 };
const LIMIT = CREATED + 300_000;

for (
  const [why, now, violations, dueAt] of [
    ["just created", CREATED, 0, LIMIT + 1],
    ["created in the future, by a clock that is wrong", CREATED - 60_000, 0, LIMIT + 1],
    ["one millisecond before the limit", LIMIT - 1, 0, LIMIT + 1],
    ["exactly at the limit", LIMIT, 0, LIMIT + 1],
    ["one millisecond after the limit", LIMIT + 1, 1, undefined],
    ["long after the limit", LIMIT + 86_400_000, 1, undefined],
  ] as const
) {
  Deno.test(`pending finds ${violations} in a pod ${why}`, () => {
    const result = evaluate([pod("web").pendingSince(CREATED).container("app").facts()], SPEC, now);
    assert.deepEqual(
      [result.byCheck.pending, result.penalty, result.dueAt],
      [violations, 4 * violations, dueAt],
    );
  });
}

Deno.test("pending finds one for a pod, however many containers it has, and names none of them", () => {
  const web = pod("web").pendingSince(CREATED).container("a").container("b").init("c");
  assert.deepEqual(evaluate([web.facts()], SPEC, LIMIT + 1).findings, [
    { pod: "web", check: "pending", detail: "Pending for longer than 300 s" },
  ]);
});

Deno.test("pending finds a pod that has no containers yet", () => {
  assert.equal(evaluate([pod("web").pendingSince(CREATED).facts()], SPEC, LIMIT + 1).violations, 1);
});

for (const phase of ["Running", "Unknown", "pending", "", "Succeeded", "Failed"]) {
  Deno.test(`pending has no opinion on a pod whose phase is "${phase}"`, () => {
    const result = evaluate([pod("web").phase(phase).facts()], SPEC, LIMIT + 1);
    assert.deepEqual([result.violations, result.dueAt], [0, undefined]);
    assert.equal(evaluate([pod("web").phase(phase).facts()], SPEC, CREATED).dueAt, undefined);
  });
}

Deno.test("pending does not wait for a pod that is being deleted", () => {
  const result = evaluate([pod("web").pendingSince(CREATED).deleting().facts()], SPEC, CREATED);
  assert.deepEqual([result.pods, result.dueAt], [0, undefined]);
});

Deno.test("pending does not wait for a pod whose creation time cannot be read", () => {
  const result = evaluate([pod("web").pendingSince(NaN).facts()], SPEC, LIMIT + 1);
  assert.deepEqual([result.pods, result.violations, result.dueAt], [1, 0, undefined]);
});

Deno.test("a pod whose creation time cannot be read does not hide when another is due", () => {
  const pods = [NaN, CREATED, NaN].map((ms, i) => pod(`web-${i}`).pendingSince(ms).facts());
  assert.equal(evaluate(pods, SPEC, CREATED).dueAt, LIMIT + 1);
});

Deno.test("pending at 0 seconds allows the very millisecond of the creation", () => {
  const web = pod("web").pendingSince(CREATED).facts();
  const at = (now: number) => evaluate([web], { forbidPendingDuration: 0 }, now);
  assert.deepEqual([at(CREATED).violations, at(CREATED).dueAt], [0, CREATED + 1]);
  assert.deepEqual([at(CREATED + 1).violations, at(CREATED + 1).dueAt], [1, undefined]);
});

Deno.test("nothing is due when the check is off", () => {
  const web = pod("web").pendingSince(CREATED).container("app", { image: "app" }).facts();
  assert.equal(evaluate([web], { forbidLatestTag: true }, CREATED).dueAt, undefined);
  assert.equal(evaluate([web], { forbidPendingDuration: null }, CREATED).dueAt, undefined);
});

Deno.test("dueAt is the earliest moment at which another pod turns into a violation", () => {
  const pods = [CREATED + 60_000, CREATED, CREATED + 30_000]
    .map((ms, i) => pod(`web-${i}`).pendingSince(ms).facts());
  assert.equal(evaluate(pods, SPEC, LIMIT).dueAt, LIMIT + 1);
  assert.equal(evaluate(pods, SPEC, LIMIT + 1).dueAt, LIMIT + 30_001);
  assert.equal(evaluate(pods, SPEC, LIMIT + 30_001).dueAt, LIMIT + 60_001);
  assert.equal(evaluate(pods, SPEC, LIMIT + 60_001).dueAt, undefined);
});

Deno.test("at dueAt there is another violation, one millisecond before there is none", () => {
  const pods = fc.array(moments, { minLength: 1, maxLength: 8 })
    .map((times) => times.map((ms, i) => pod(`web-${i}`).pendingSince(ms).facts()));
  fc.assert(fc.property(pods, fc.nat(900), moments, (pods, forbidPendingDuration, now) => {
    const at = (moment: number) => evaluate(pods, { forbidPendingDuration }, moment);
    const { violations, dueAt } = at(now);
    if (dueAt === undefined) return assert.equal(violations, pods.length);
    assert.ok(dueAt > now);
    assert.equal(at(dueAt - 1).violations, violations);
    assert.ok(at(dueAt).violations > violations);
  }));
});

Deno.test("pending finds as many as there are pods created longer ago than the limit", () => {
  fc.assert(fc.property(fc.array(moments), fc.nat(900), moments, (times, forbidPendingDuration, now) => {
    const pods = times.map((ms, i) => pod(`web-${i}`).pendingSince(ms).facts());
    const late = times.filter((ms) => (now - ms) / 1000 > forbidPendingDuration);
    const result = evaluate(pods, { forbidPendingDuration }, now);
    assert.deepEqual([result.byCheck.pending, result.penalty], [late.length, 4 * late.length]);
  }));
});
