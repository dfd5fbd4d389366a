/** Findings: the worst twenty, in an order that does not depend on how the pods arrived, in words safe to show. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { CHECKS } from "../../lib/policy/checks/mod.ts";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { type Finding, MAX_FINDINGS, WorstFindings } from "../../lib/policy/findings.ts";
import { moments, namespacePods, STRICT } from "../support/arbitraries.ts";
import { heapUsed } from "../support/heap_used.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

/** Findings as `pod/container check`. */
function short(findings: readonly Finding[]): string[] {
  return findings.map(({ pod, container = "-", check }) => `${pod}/${container} ${check}`);
}

const WRONG = { image: "app", liveness: false, readiness: false, restarts: 4 };

Deno.test("findings name the costliest violations first", () => {
  const web = pod("web").pendingSince(CREATED - 300_001).container("app", WRONG).facts();
  assert.deepEqual(short(evaluate([web], STRICT, CREATED).findings), [
    "web/app high_restarts",
    "web/app latest_tag",
    "web/- pending",
    "web/app missing_liveness",
    "web/app missing_readiness",
  ]);
});

Deno.test("findings of one check are ordered by what they cost, then by pod, then by container", () => {
  const pods = [
    pod("b").container("y", { restarts: 2 }).container("x", { restarts: 2 }),
    pod("a").container("z", { restarts: 1 }).container("y", { restarts: 2 }),
    pod("c").container("a", { restarts: 9 }).container("b", { restarts: 5 }),
  ].map((built) => built.facts());
  assert.deepEqual(short(evaluate(pods, { maxRestartCount: 0 }, CREATED).findings), [
    "c/a high_restarts",
    "c/b high_restarts",
    "a/y high_restarts",
    "b/x high_restarts",
    "b/y high_restarts",
    "a/z high_restarts",
  ]);
});

Deno.test("findings that cost the same come in the order of the table before that of the names", () => {
  const worst = new WorstFindings();
  const [cheap, dear] = [2, 3];
  for (
    const [name, rank, penalty] of [["a", 2, dear], ["b", 1, dear], ["c", 0, cheap], ["d", 0, dear]] as const
  ) {
    const web = pod(name).facts();
    worst.offer({ pod: web, container: undefined, check: CHECKS[0], setting: true, rank, penalty });
  }
  assert.deepEqual(worst.toFindings().map(({ pod }) => pod), ["d", "b", "a", "c"]);
});

Deno.test("findings order names by code unit, not by anybody's language", () => {
  const pods = ["b", "ä", "a-1", "a", "B", "a1"].map((name) =>
    pod(name).container("app", { image: "x" }).facts()
  );
  const { findings } = evaluate(pods, { forbidLatestTag: true }, CREATED);
  assert.deepEqual(findings.map(({ pod }) => pod), ["B", "a", "a-1", "a1", "b", "ä"]);
});

Deno.test("at most 20 findings are kept, while all violations count", () => {
  assert.equal(MAX_FINDINGS, 20);
  for (const [count, kept] of [[19, 19], [20, 20], [21, 20], [500, 20]] as const) {
    const pods = Array.from(
      { length: count },
      (_, i) => pod(`web-${i}`).container("app", { image: "x" }).facts(),
    );
    const result = evaluate(pods, { forbidLatestTag: true }, CREATED);
    assert.deepEqual([result.violations, result.findings.length], [count, kept]);
  }
});

Deno.test("the worst are kept wherever they come in the stream", () => {
  for (const at of [0, 10, 20, 21, 60]) {
    const pods = Array.from(
      { length: 60 },
      (_, i) => pod(`web-${i}`).container("app", { image: "x" }).facts(),
    );
    pods.splice(at, 0, pod("zzz").container("app", { restarts: 9 }).facts());
    const { findings } = evaluate(pods, STRICT, CREATED);
    assert.equal(short(findings)[0], "zzz/app high_restarts", `at ${at}`);
    assert.equal(findings.length, 20);
  }
});

Deno.test("findings escape every name that somebody chose", () => {
  const web = pod("we\u001bb").container("a\npp", { image: "\u202eapp", restarts: 1 }).facts();
  assert.deepEqual(evaluate([web], { forbidLatestTag: true }, CREATED).findings, [{
    pod: "we\\u{1b}b",
    container: "a\\u{a}pp",
    check: "latest_tag",
    detail: "image \\u{202e}app resolves to latest",
  }]);
});

for (const character of ["x", "\u001b", "漢"]) {
  Deno.test(`findings stay short and still say what is wrong, however many ${escape(character)} an image has`, () => {
    const image = character.repeat(1_000_000);
    const web = pod("web").container("c".repeat(9999), { image }).facts();
    const [finding] = evaluate([web], { forbidLatestTag: true }, CREATED).findings;
    assert.equal(finding?.container?.length, 256);
    assert.match(finding.detail, /^image .{100,199}… resolves to latest$/);
  });
}

Deno.test("findings do not change while time passes and nothing else does", () => {
  const web = pod("web").pendingSince(CREATED).container("app", WRONG).facts();
  const early = evaluate([web], STRICT, CREATED + 300_001).findings;
  assert.deepEqual(evaluate([web], STRICT, CREATED + 86_400_000).findings, early);
});

const WEIGHTS: Record<string, number> = {
  latest_tag: 5,
  pending: 4,
  missing_liveness: 3,
  missing_readiness: 2,
};

/** What a finding costs, told from its words alone. */
function cost({ check, detail }: Finding): number {
  return WEIGHTS[check] ?? 6 * Math.min(Number.parseInt(detail), 5);
}

Deno.test("findings are sorted by cost and are the costliest of all", () => {
  fc.assert(fc.property(namespacePods, moments, (pods, now) => {
    const { findings } = evaluate(pods, STRICT, now);
    const costs = findings.map(cost);
    assert.deepEqual(costs, costs.toSorted((a, b) => b - a));
    const all = pods.flatMap((pod) => evaluate([pod], STRICT, now).findings.map(cost));
    assert.deepEqual(costs, all.sort((a, b) => b - a).slice(0, MAX_FINDINGS));
  }));
});

Deno.test("findings of pods with one name in two namespaces come in one order, however the pods arrive", () => {
  const pods = ["a", "b"].map((namespace) =>
    pod("web").inNamespace(namespace).container("app", { image: namespace }).facts()
  );
  const details = (given: typeof pods) =>
    evaluate(given, { forbidLatestTag: true }, CREATED).findings.map(({ detail }) => detail);
  assert.deepEqual(details(pods), ["image a resolves to latest", "image b resolves to latest"]);
  assert.deepEqual(details(pods.toReversed()), details(pods));
});

Deno.test("findings that say the same hold its text once", () => {
  const image = `registry.example/${"shop/".repeat(30)}app`;
  const pods = Array.from({ length: 20 }, (_, i) => pod(`web-${i}`).container("app", { image }).facts());
  const before = heapUsed();
  const held = Array.from(
    { length: 1_000 },
    () => evaluate(pods, { forbidLatestTag: true }, CREATED).findings,
  );
  const each = (heapUsed() - before) / held.length;
  assert(held.every(({ length }) => length === 20));
  assert(each <= 2_000, `20 findings take ${each} bytes`);
});
