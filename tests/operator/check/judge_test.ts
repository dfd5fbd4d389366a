/** Answers to what was found out about a cluster: right, in one sentence, and with the next step where there is one. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../../lib/api/errors.ts";
import type { ServedCrd } from "../../../lib/kube/served_crd.ts";
import type { Facts, WatchListTry } from "../../../lib/operator/check/facts.ts";
import { judge } from "../../../lib/operator/check/judge.ts";
import { electionPermissions, PERMISSIONS } from "../../../lib/operator/permissions.ts";
import { policyCrd } from "../../../lib/policy/crd.ts";

type Version = ServedCrd["spec"]["versions"][0];

const refusal = new ApiError({ code: 403, reason: "Forbidden", message: "you may not ask" });

/** The definition as a server shows it that has ours. */
function served(): ServedCrd {
  const { scope, names, versions } = policyCrd().spec;
  const [{ name, subresources, schema, additionalPrinterColumns }] = versions as [typeof versions[number]];
  const columns = additionalPrinterColumns.map((column) => ({ priority: 0, ...column }));
  return {
    spec: { scope, names, versions: [{ name, subresources, schema, additionalPrinterColumns: columns }] },
  };
}

/** All is well, but for `changes`. */
function facts(changes: Partial<Facts> = {}): Facts {
  return {
    server: "https://10.0.0.1:6443",
    origin: 'context "test"',
    version: "v1.34.4",
    clock: { aheadMs: 100, toleranceMs: 600 },
    user: "jane",
    crd: { told: served() },
    rights: PERMISSIONS.map((permission) => ({
      permission,
      namespace: undefined,
      allowed: { told: true },
    })),
    watchLists: [
      { resource: "pods", tried: { result: "supported" } },
      { resource: "devopspolicies", tried: { result: "supported" } },
    ],
    ...changes,
  };
}

/** The one answer with an id that begins like this. */
function answerTo(id: string, changes: Partial<Facts>) {
  const answers = judge(facts(changes)).filter((answer) => answer.id.startsWith(id));
  assert.equal(answers.length, 1);
  const { answer, found, next } = answers[0]!;
  return { answer, found, next };
}

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

Deno.test("judge() says that the definition is missing, and how to install it", () => {
  assert.deepEqual(answerTo("crd", { crd: { told: undefined } }), {
    answer: "no",
    found: "not installed",
    next: "As somebody who may create CRDs: kube-devops crd install",
  });
});

for (
  const [what, change, found] of [
    [
      "a missing field",
      (version: Version) => ({
        schema: { openAPIV3Schema: { ...version.schema!.openAPIV3Schema as object, properties: {} } },
      }),
      "differs in spec.versions[0].schema.openAPIV3Schema.properties.spec, " +
      "spec.versions[0].schema.openAPIV3Schema.properties.status",
    ],
    ["no status", () => ({ subresources: {} }), "differs in spec.versions[0].subresources.status"],
    [
      "other columns",
      () => ({ additionalPrinterColumns: [] }),
      "differs in spec.versions[0].additionalPrinterColumns",
    ],
  ] as const
) {
  Deno.test(`judge() names where the definition differs: ${what}`, () => {
    const { spec } = served();
    const [version] = spec.versions;
    const crd: ServedCrd = { spec: { ...spec, versions: [{ ...version, ...change(version) }] } };
    assert.deepEqual(answerTo("crd", { crd: { told: crd } }), {
      answer: "no",
      found,
      next: "As somebody who may update CRDs: kube-devops crd install --upgrade",
    });
  });
}
Deno.test("judge() does not miss columns that we may not see", () => {
  const { spec } = served();
  const version: Version = { ...spec.versions[0], additionalPrinterColumns: undefined };
  assert.equal(answerTo("crd", { crd: { told: { spec: { ...spec, versions: [version] } } } }).answer, "ok");
});

Deno.test("judge() warns of a server that does not describe the definition, unless it differs elsewhere", () => {
  const { spec } = served();
  const version: Version = { ...spec.versions[0], schema: undefined };
  const undescribed: ServedCrd = { spec: { ...spec, versions: [version] } };
  assert.equal(answerTo("crd", { crd: { told: undescribed } }).answer, "warning");
  const old: ServedCrd = { spec: { ...undescribed.spec, names: { ...spec.names, categories: [] } } };
  assert.match(answerTo("crd", { crd: { told: old } }).found, /^differs in spec\.names\.categories, /);
});

Deno.test("judge() says so when the definition cannot be asked about", () => {
  const { answer, found, next } = answerTo("crd", { crd: { refused: refusal } });
  assert.deepEqual([answer, found], ["no", "not known: you may not ask"]);
  assert.match(next ?? "", /system:discovery/);
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
