/** When a status is written: it says something new, or its heartbeat is old; and what is read back is what was written. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Check } from "typebox/schema";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { holdOnce, nextStatus, type Outcome, parseStatus, writeReason } from "../../lib/policy/status.ts";
import { type PolicyStatus, PolicyStatusSchema } from "../../lib/policy/status_schema.ts";
import { moments, namespacePods, specs } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

const REFRESH = 30_000;
const at = (now: number) => ({ now, refreshAfterMs: REFRESH });

/** The status of one pod with one violation as of `now`, after `previous`. */
function statusAt(now: number, previous: PolicyStatus): PolicyStatus {
  const web = pod("web").container("app", { image: "app" }).facts();
  const evaluation = evaluate([web], { forbidLatestTag: true }, now);
  return nextStatus(previous, { kind: "evaluated", evaluation }, { generation: 1, now });
}

const STORED = statusAt(CREATED, {});

for (
  const [why, age, reason] of [
    ["in the same second", 999, undefined],
    ["a little later", 1000, undefined],
    ["one millisecond before the interval is over", REFRESH - 1, undefined],
    ["exactly when the interval is over", REFRESH, "refresh"],
    ["long after", 86_400_000, "refresh"],
    ["when the heartbeat comes from the future", -1000, "refresh"],
  ] as const
) {
  Deno.test(`writeReason() of the same figures ${why} is ${reason}`, () => {
    assert.equal(writeReason(STORED, statusAt(CREATED + age, STORED), at(CREATED + age)), reason);
  });
}

for (const lastEvaluated of ["soon", "", undefined]) {
  Deno.test(`writeReason() refreshes a heartbeat of ${JSON.stringify(lastEvaluated)}`, () => {
    const { lastEvaluated: _, ...rest } = STORED;
    const stored = lastEvaluated === undefined ? rest : { ...rest, lastEvaluated };
    assert.equal(writeReason(stored, statusAt(CREATED, STORED), at(CREATED)), "refresh");
  });
}

const CHANGES: Record<string, Partial<PolicyStatus>> = {
  "another score": { healthScore: 1 },
  "another health": { healthy: false },
  "another class": { classification: "Stable" },
  "another number of violations": { violations: 2 },
  "another number of pods": { pods: 2 },
  "another message": { message: "" },
  "another generation": { observedGeneration: 2 },
  "other findings": { findings: [] },
  "another condition": { conditions: [...STORED.conditions ?? []].reverse() },
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`writeReason() says that ${what} is a change, however fresh the heartbeat`, () => {
    assert.equal(writeReason(STORED, { ...STORED, ...change }, at(CREATED)), "changed");
    assert.equal(
      writeReason(STORED, { ...statusAt(CREATED + REFRESH, STORED), ...change }, at(CREATED + REFRESH)),
      "changed",
    );
  });
}

Deno.test("writeReason() says that the first status is a change, and one taken away too", () => {
  assert.equal(writeReason({}, STORED, at(CREATED)), "changed");
  assert.equal(writeReason(STORED, {}, at(CREATED)), "changed");
  assert.equal(writeReason({}, {}, at(CREATED)), undefined);
});

Deno.test("writeReason() does not refresh a heartbeat that an unevaluable policy cannot move", () => {
  const down: Outcome = { kind: "pods-unavailable", why: "Forbidden." };
  const first = nextStatus(STORED, down, { generation: 1, now: CREATED + 1000 });
  assert.equal(writeReason(STORED, first, at(CREATED + 1000)), "changed");
  const second = nextStatus(first, down, { generation: 1, now: CREATED + 86_400_000 });
  assert.equal(writeReason(first, second, at(CREATED + 86_400_000)), undefined);
});

Deno.test("writeReason() does not refresh a heartbeat that the next status does not even have", () => {
  const stored = { lastEvaluated: "2026-02-22T10:00:00Z" };
  assert.equal(writeReason(stored, {}, at(CREATED + 86_400_000)), undefined);
});

Deno.test("writeReason() does not mind the order of keys, which an API server may change", () => {
  const reordered = Object.fromEntries(Object.entries(STORED).reverse()) as PolicyStatus;
  assert.equal(writeReason(reordered, statusAt(CREATED + 1000, STORED), at(CREATED + 1000)), undefined);
});

Deno.test("a status that was written and read back is not written again before its time", () => {
  fc.assert(fc.property(namespacePods, specs, moments, fc.nat(2 * REFRESH), (pods, spec, now, age) => {
    const evaluation = evaluate(pods, spec, now);
    const outcome: Outcome = { kind: "evaluated", evaluation };
    const status = nextStatus({}, outcome, { generation: 1, now });
    const stored = parseStatus(JSON.parse(JSON.stringify(status)));
    assert.deepEqual(stored, status);
    const next = nextStatus(stored, outcome, { generation: 1, now: now + age });
    assert.equal(writeReason(stored, next, at(now + age)), age >= REFRESH ? "refresh" : undefined);
  }));
});

for (
  const [why, given, expected] of [
    ["a status of ours", STORED, STORED],
    ["a status of the original, nulls included", {
      observedGeneration: 1,
      healthy: true,
      healthScore: 95,
      violations: null,
      lastEvaluated: null,
      message: "fine",
    }, { observedGeneration: 1, healthy: true, healthScore: 95, message: "fine" }],
    ["an empty one", {}, {}],
    ["null", null, {}],
    ["nothing", undefined, {}],
    ["text", "Healthy", {}],
    ["a list", [1], {}],
    ["a field of a newer version", { healthScore: 95, forecast: 3 }, { healthScore: 95 }],
    ["a score of text", { healthScore: "95" }, {}],
    ["a score above 100", { healthScore: 101 }, {}],
    ["an unknown class", { classification: "Splendid" }, {}],
    ["conditions that are no list", { conditions: {} }, {}],
    ["a condition without a type", { healthScore: 95, conditions: [{ status: "True" }] }, {}],
    ["more findings than are kept", { findings: Array(21).fill({ pod: "a", check: "b", detail: "c" }) }, {}],
  ] as const
) {
  Deno.test(`parseStatus() makes ${JSON.stringify(expected).slice(0, 40)} of ${why}`, () => {
    assert.deepEqual(parseStatus(given), expected);
  });
}

Deno.test("parseStatus() is total, and what it answers keeps to the schema", () => {
  fc.assert(fc.property(fc.anything(), (given) => Check(PolicyStatusSchema, parseStatus(given))));
});

Deno.test("holdOnce() puts a status in the place of one that says the same, and of no other", () => {
  const metadata = { namespace: "team", name: "policy", resourceVersion: "1" };
  const policyOf = (status: PolicyStatus) => ({ ...metadata, metadata, spec: {}, status });
  const same = policyOf(structuredClone(STORED));
  assert.deepEqual(holdOnce(same, STORED), same);
  assert.equal(holdOnce(same, STORED).status, STORED);
  const { message: _, ...shorter } = STORED;
  for (const status of [statusAt(CREATED + REFRESH, STORED), shorter, {}]) {
    assert.deepEqual(holdOnce(policyOf(status), STORED), policyOf(status));
  }
});
