/** The check high_restarts: at the limit is fine, above it each restart costs, up to five of them. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../lib/policy/evaluate.ts";
import { podBuilders } from "../../support/arbitraries.ts";
import { CREATED, pod } from "../../support/pod_builder.ts";

for (
  const [restarts, allowed, penalty, why] of [
    [0, 0, undefined, "none, none allowed"],
    [1, 0, 6, "the first, none allowed"],
    [2, 0, 12, "two"],
    [3, 3, undefined, "at the limit"],
    [4, 3, 24, "one above the limit: all of them cost, not only the last"],
    [5, 3, 30, "five"],
    [6, 3, 30, "the sixth costs no more"],
    [1000, 3, 30, "a thousand cost as much as five"],
    [2_147_483_647, 2_147_483_646, 30, "the largest limit that can be broken"],
    [2_147_483_647, 2_147_483_647, undefined, "the largest limit"],
    [-5, 0, undefined, "a count below zero"],
    [NaN, 0, undefined, "no number"],
  ] as const
) {
  const answer = penalty === undefined ? "lets pass" : `charges ${penalty} for`;
  Deno.test(`high_restarts ${answer} ${restarts} restarts where ${allowed} are allowed: ${why}`, () => {
    const web = pod("web").container("app", { restarts }).facts();
    const result = evaluate([web], { maxRestartCount: allowed }, CREATED);
    assert.equal(result.byCheck.high_restarts, penalty === undefined ? 0 : 1);
    assert.equal(result.penalty, penalty ?? 0);
    assert.deepEqual(
      result.findings,
      penalty === undefined ? [] : [
        {
          pod: "web",
          container: "app",
          check: "high_restarts",
          detail: `${restarts} restarts, ${allowed} allowed`,
        },
      ],
    );
  });
}

for (const [kind, violations] of [["container", 1], ["init", 1], ["sidecar", 1], ["ephemeral", 0]] as const) {
  Deno.test(`high_restarts finds ${violations} in a restarting ${kind}`, () => {
    const web = pod("web")[kind]("app", { restarts: 4 }).facts();
    assert.equal(evaluate([web], { maxRestartCount: 3 }, CREATED).violations, violations);
  });
}

Deno.test("high_restarts looks at each container, not at the sum of a pod", () => {
  const web = pod("web").container("a", { restarts: 2 }).container("b", { restarts: 2 });
  assert.equal(evaluate([web.facts()], { maxRestartCount: 3 }, CREATED).violations, 0);
  const both = web.container("c", { restarts: 4 }).init("d", { restarts: 9 });
  const result = evaluate([both.facts()], { maxRestartCount: 3 }, CREATED);
  assert.deepEqual([result.violations, result.penalty], [2, 24 + 30]);
});

Deno.test("high_restarts looks at jobs as well as services", () => {
  const job = pod("job").restartPolicy("Never").container("run", { restarts: 4 });
  assert.equal(evaluate([job.facts()], { maxRestartCount: 3 }, CREATED).violations, 1);
});

Deno.test("high_restarts charges 6 × min(restarts, 5) for each container above the limit", () => {
  fc.assert(fc.property(podBuilders, fc.nat(8), (built, maxRestartCount) => {
    const facts = { ...built.facts(), phase: "Running", deleting: false };
    const above = facts.containers.map(({ restarts }) => restarts).filter((count) => count > maxRestartCount);
    const result = evaluate([facts], { maxRestartCount }, CREATED);
    assert.equal(result.byCheck.high_restarts, above.length);
    assert.equal(result.penalty, above.reduce((sum, count) => sum + 6 * Math.min(count, 5), 0));
  }));
});
