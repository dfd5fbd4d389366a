/** What `check` answers when something is missing, and the exit code that goes with it. */

import assert from "node:assert/strict";
import { PERMISSIONS } from "../../lib/operator/permissions.ts";
import { captured } from "../support/captured.ts";
import { refusing } from "../support/faults.ts";
import type { Fault } from "../support/front.ts";
import { isQuestion, report } from "./checked.ts";
import { startReachable } from "./harness.ts";

/** Denies what `isDenied` says of a question about a right. */
function denying(isDenied: (asked: Record<string, string>) => boolean): Fault {
  return (call, next) => {
    if (!isQuestion(call)) return next();
    const review = call.body as { spec: { resourceAttributes: Record<string, string> } };
    const allowed = !isDenied(review.spec.resourceAttributes);
    return Response.json({ ...review, status: { allowed } }, { status: 201 });
  };
}

Deno.test("check names a right that is missing, what it is for and how to grant it, and ends with 1", async () => {
  const { code, stderr, head, notOk } = await report({
    args: ["-n", "team-a", "-n", "team-b"],
    fault: denying(({ verb, group, resource, subresource, namespace }) =>
      verb === "patch" && group === "devops.stochastic.io" && resource === "devopspolicies" &&
      subresource === "status" && namespace === "team-b"
    ),
  });
  assert.equal(code, 1);
  assert.equal(stderr, `error: 1 of ${2 * PERMISSIONS.length + 5} answers are no.\n`);
  assert.equal(head.answer, "no");
  assert.deepEqual(notOk, [{
    id: "may patch devopspolicies.devops.stochastic.io/status",
    namespace: "team-b",
    asked: "may patch devopspolicies/status in team-b",
    answer: "no",
    found: "not allowed; needed to write what it found",
    next: "Grant what is missing to admin: kubectl apply -f deploy/base/clusterrole.yaml && " +
      "kubectl create rolebinding kube-devops-admin -n team-b --clusterrole=kube-devops --user=admin",
  }]);
});

Deno.test("check warns of a right that the operator can live without, and ends with 0", async () => {
  const { code, head, notOk } = await report({ fault: denying(({ resource }) => resource === "events") });
  assert.equal(code, 0);
  assert.equal(head.answer, "warning");
  assert.deepEqual(notOk.map(({ id, answer }) => `${answer} ${id}`), [
    "warning may create events.events.k8s.io",
    "warning may patch events.events.k8s.io",
  ]);
  for (const { next } of notOk) assert.match(next ?? "", /clusterrole\.yaml/);
});

Deno.test("check tells each next step once, below the table", async () => {
  await using server = await startReachable();
  await server.cluster.install();
  server.cluster.fault = denying(() => true);
  const { code, stdout } = await captured("check", "--kubeconfig", server.kubeconfig);
  assert.equal(code, 1);
  assert.match(stdout, /\n\nNext steps:\n- Grant what is missing to admin: [^\n]*--user=admin\n$/);
  assert.equal(stdout.split("not allowed; needed to").length, PERMISSIONS.length + 1);
  assert.match(stdout, /^watch-list of pods supported +warning {2}not tried: watching is not allowed$/m);
});

Deno.test("check says so when not even rights can be asked about", async () => {
  const message = "you cannot create selfsubjectaccessreviews";
  const { code, notOk } = await report({
    fault: refusing({ code: 403, reason: "Forbidden", message }, isQuestion),
  });
  assert.equal(code, 1);
  const rights = notOk.filter(({ answer }) => answer === "no");
  assert.equal(rights.length, PERMISSIONS.length);
  for (const { found, next } of rights) {
    assert.equal(found, `not known: ${message}`);
    assert.match(next ?? "", /--clusterrole=system:basic-user --user=admin$/);
  }
});

Deno.test("check says that the CRD is missing, and how to install it", async () => {
  await using server = await startReachable();
  const { code, stdout } = await captured("check", "--kubeconfig", server.kubeconfig);
  assert.equal(code, 1);
  assert.match(stdout, /^CRD installed and current +no {7}not installed$/m);
  assert.match(stdout, /^watch-list of devopspolicies supported +warning {2}not tried: there is no CRD$/m);
  assert.match(stdout, /^- As somebody who may create CRDs: kube-devops crd install$/m);
});

Deno.test("check takes a server without watch-lists for good enough", async () => {
  const refusal = { code: 422, reason: "Invalid", message: "sendInitialEvents is forbidden for watch" };
  const { code, head, notOk } = await report({
    fault: refusing(refusal, ({ query }) => query.has("sendInitialEvents")),
  });
  assert.equal(code, 0);
  assert.equal(head.answer, "warning");
  const found = "not supported: lists in pages instead, which is fine";
  assert.deepEqual(notOk.map((row) => [row.id, row.answer, row.found]), [
    ["watch-list pods", "warning", found],
    ["watch-list devopspolicies.devops.stochastic.io", "warning", found],
  ]);
});

Deno.test("check says no when watches do not get through", async () => {
  const { code, notOk } = await report({
    fault: refusing(
      { code: 502, reason: "", message: "upstream sent too much" },
      ({ verb }) => verb === "watch",
    ),
  });
  assert.equal(code, 1);
  assert.deepEqual(notOk.map(({ found }) => found), Array(2).fill("watching fails: upstream sent too much"));
});

for (
  const [aheadS, answer, found, expected] of [
    [0, undefined, undefined, 0],
    [5, "warning", "this machine's is 5 s behind the server's", 0],
    [3_600, "no", "this machine's is 3600 s behind the server's", 1],
    [-3_600, "no", "this machine's is 3600 s ahead of the server's", 1],
  ] as const
) {
  Deno.test(`check says ${answer ?? "ok"} of a server whose clock is ${aheadS} s ahead`, async () => {
    const { code, notOk } = await report({
      fault: async (_call, next) => {
        const answer = await next();
        // In the middle of a second, as a server's clock is on average.
        const date = new Date(Date.now() - 500 + aheadS * 1000).toUTCString();
        const headers = { ...Object.fromEntries(answer.headers), date };
        return new Response(answer.body, { status: answer.status, headers });
      },
    });
    assert.equal(code, expected);
    assert.deepEqual(notOk.map(({ answer }) => answer), answer === undefined ? [] : [answer]);
    // A second begins while the test looks at the clock.
    const seconds = (text: string | undefined) => Number(/\d+/.exec(text ?? "0")?.[0]);
    assert(Math.abs(seconds(notOk[0]?.found) - seconds(found)) <= 1, `it says ${notOk[0]?.found}`);
    assert.equal(notOk[0]?.found.replace(/\d+/, ""), found?.replace(/\d+/, ""));
  });
}
