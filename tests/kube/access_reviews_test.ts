/** Questions about rights, as they go over the wire. */

import assert from "node:assert/strict";
import { createAccessReviews, type Right } from "../../lib/kube/access_reviews.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { json, refusal } from "../support/replies.ts";
import { serving } from "./harness.ts";

const LIST_PODS: Right = { verb: "list", group: "", resource: "pods" };
const answer = (status: object) => json({ kind: "SelfSubjectAccessReview", status }, { status: 201 });

/** Asks for `right`, and gives the answer and the question as it arrived. */
async function ask(right: Right, namespace: string | undefined, ...script: readonly Reply[]) {
  let asked: unknown;
  let allowed: boolean | undefined;
  await serving(script, async ({ server, transport, signal }) => {
    const reviews = createAccessReviews(transport, new InstantClock());
    allowed = await reviews.isAllowed(right, namespace, signal);
    const { method, target, body } = server.requests[0]!;
    assert.equal(`${method} ${target}`, "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    asked = JSON.parse(body).spec.resourceAttributes;
  });
  return { allowed, asked };
}

for (
  const [right, namespace, asked] of [
    [LIST_PODS, undefined, { verb: "list", group: "", resource: "pods" }],
    [LIST_PODS, "team", { verb: "list", group: "", resource: "pods", namespace: "team" }],
    [
      { verb: "patch", group: "devops.stochastic.io", resource: "devopspolicies/status" },
      "team",
      {
        verb: "patch",
        group: "devops.stochastic.io",
        resource: "devopspolicies",
        subresource: "status",
        namespace: "team",
      },
    ],
    [
      { verb: "get", group: "coordination.k8s.io", resource: "leases", name: "kube-devops" },
      "team",
      {
        verb: "get",
        group: "coordination.k8s.io",
        resource: "leases",
        name: "kube-devops",
        namespace: "team",
      },
    ],
  ] as const
) {
  Deno.test(`isAllowed() asks for ${right.verb} ${right.resource} in ${namespace ?? "all namespaces"}, and for nothing else`, async () => {
    assert.deepEqual(await ask(right, namespace, answer({ allowed: true })), { allowed: true, asked });
  });
}

for (
  const [what, status] of [
    ["no", { allowed: false, reason: "RBAC" }],
    ["a denial", { allowed: false, denied: true }],
    ["an answer that says nothing", {}],
  ] as const
) {
  Deno.test(`isAllowed() takes ${what} for no`, async () => {
    assert.equal((await ask(LIST_PODS, undefined, answer(status))).allowed, false);
  });
}

Deno.test("isAllowed() asks again after a passing error", async () => {
  assert.equal((await ask(LIST_PODS, undefined, refusal(503), answer({ allowed: true }))).allowed, true);
});

Deno.test("isAllowed() throws when the server does not answer such questions", async () => {
  await assert.rejects(ask(LIST_PODS, undefined, refusal(403, "Forbidden")), { name: "ApiError", code: 403 });
});
