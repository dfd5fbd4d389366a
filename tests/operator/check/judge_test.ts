/** Answers to what was found out about a cluster: right, in one sentence, and with the next step where there is one. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../../lib/api/errors.ts";
import type { WatchListTry } from "../../../lib/operator/check/facts.ts";
import { judge } from "../../../lib/operator/check/judge.ts";
import { electionPermissions, PERMISSIONS } from "../../../lib/operator/permissions.ts";
import { answerTo, facts, refusal } from "./facts.ts";

Deno.test("judge() finds nothing to say no to where all is well, and gives each answer an id of its own", () => {
  const answers = judge(facts());
  assert.deepEqual(answers.filter(({ answer, next }) => answer !== "ok" || next !== undefined), []);
  assert.equal(answers.length, 5 + PERMISSIONS.length);
  assert.equal(new Set(answers.map(({ id }) => id)).size, answers.length);
});

for (
  const [changes, found] of [
    [{}, 'v1.34.4, https://10.0.0.1:6443 (context "test"), as jane'],
    [
      { version: undefined, user: undefined },
      'of unknown version, https://10.0.0.1:6443 (context "test")',
    ],
  ] as const
) {
  Deno.test(`judge() says which server was reached: ${found}`, () => {
    assert.deepEqual(answerTo("server", changes), { answer: "ok", found, next: undefined });
  });
}

for (
  const [aheadMs, toleranceMs, answer, found] of [
    [0, 500, "ok", "to within 2 s"],
    [2_400, 500, "ok", "to within 2 s"],
    [-2_400, 500, "ok", "to within 2 s"],
    [2_600, 500, "warning", "this machine's is 3 s behind the server's"],
    [-2_600, 500, "warning", "this machine's is 3 s ahead of the server's"],
    [10_400, 500, "warning", "this machine's is 10 s behind the server's"],
    [10_600, 500, "no", "this machine's is 11 s behind the server's"],
    // A slow answer tells less: what is not sure is not said.
    [11_000, 9_500, "ok", "to within 2 s"],
    [-86_400_000, 500, "no", "this machine's is 86400 s ahead of the server's"],
  ] as const
) {
  Deno.test(`judge() says ${answer} of a clock ${aheadMs} ms ahead, give or take ${toleranceMs}`, () => {
    const judged = answerTo("clock", { clock: { aheadMs, toleranceMs } });
    assert.deepEqual([judged.answer, judged.found], [answer, found]);
    assert.equal(judged.next !== undefined, answer !== "ok");
  });
}

Deno.test("judge() warns of a server that does not tell the time", () => {
  assert.equal(answerTo("clock", { clock: undefined }).answer, "warning");
});

const ROLE = "deploy/components/high-availability/rights/role.yaml";

for (
  const [lease, how] of [
    ["kube-devops", `: kubectl apply -n team -f ${ROLE}`],
    ["other", `, with other as its resourceNames: kubectl apply -n team -f ${ROLE}`],
  ] as const
) {
  Deno.test(`judge() says how to grant the rights on the lease ${lease}`, () => {
    const rights = electionPermissions(lease).slice(1, 2).map((permission) => ({
      permission,
      namespace: "team",
      allowed: { told: false },
    }));
    const [answer] = judge(facts({ rights })).filter(({ id }) => id.startsWith("may "));
    assert.deepEqual(answer, {
      id: "may get leases.coordination.k8s.io",
      namespace: "team",
      asked: `may get leases/${lease} in team`,
      answer: "no",
      found: "not allowed; needed to see who leads",
      next: `Grant what is missing to jane${how} && kubectl create rolebinding ` +
        "kube-devops-leader-election-jane -n team --role=kube-devops-leader-election --user=jane",
    });
  });
}

Deno.test("judge() says what a missing right is needed for, and how to grant it", () => {
  const rights = [{ permission: PERMISSIONS[0]!, namespace: "team", allowed: { told: false } }];
  assert.deepEqual(answerTo("may ", { rights }), {
    answer: "no",
    found: "not allowed; needed to read the pods of a server that does not stream them",
    next: "Grant what is missing to jane: kubectl apply -f deploy/base/clusterrole.yaml && " +
      "kubectl create rolebinding kube-devops-jane -n team --clusterrole=kube-devops --user=jane",
  });
});

Deno.test("judge() leaves the name to be filled in where the server does not tell it", () => {
  const rights = [{ permission: PERMISSIONS[0]!, namespace: undefined, allowed: { told: false } }];
  const { next } = answerTo("may ", { rights, user: undefined });
  assert.match(next ?? "", /^Grant what is missing to the identity of context "test": .*--user=NAME$/);
});

for (
  const [tried, answer, found, next] of [
    [
      { result: "unsupported" },
      "warning",
      /^not supported: lists in pages instead, which is fine$/,
      undefined,
    ],
    [{ result: "untried", why: "it rains" }, "warning", /^not tried: it rains$/, undefined],
    [
      { result: "failed", error: new ConnectionError("timeout", "no answer within 10 s.") },
      "no",
      /^watching fails: no answer within 10 s\.$/,
      /between here and the API server/,
    ],
    [{ result: "failed", error: refusal }, "no", /^watching fails: you may not ask$/, /whoever runs/],
  ] as readonly (readonly [WatchListTry, string, RegExp, RegExp | undefined])[]
) {
  Deno.test(`judge() says ${answer} of a watch-list that is ${tried.result}: ${found.source}`, () => {
    const judged = answerTo("watch-list", { watchLists: [{ resource: "pods", tried }] });
    assert.equal(judged.answer, answer);
    assert.match(judged.found, found);
    if (next === undefined) assert.equal(judged.next, undefined);
    else assert.match(judged.next ?? "", next);
  });
}
