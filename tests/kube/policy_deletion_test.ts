/** Deleting a policy: the one that was seen, and no harm when it is gone, replaced, or not ours to delete. */

import assert from "node:assert/strict";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import { createPolicyDeletion } from "../../lib/kube/policy_deletion.ts";
import { InstantClock } from "../support/instant_clock.ts";
import { json, refusal } from "../support/replies.ts";
import { serving } from "./harness.ts";

const POLICY: DevOpsPolicy = {
  namespace: "team",
  name: "strict",
  resourceVersion: "7",
  metadata: { namespace: "team", name: "strict", uid: "u-1" },
  spec: {},
  status: undefined,
};

Deno.test("It asks for the one policy that was seen, and again after a passing error", () =>
  serving([refusal(503), json({ kind: "Status" })], async ({ server, transport, signal }) => {
    await createPolicyDeletion(transport, new InstantClock())(POLICY, signal);
    for (const { method, target, body } of server.requests) {
      assert.equal(method, "DELETE");
      assert.equal(target, "/apis/devops.stochastic.io/v1/namespaces/team/devopspolicies/strict");
      const options = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: "u-1" } };
      assert.deepEqual(JSON.parse(body), options);
    }
  }));

for (
  const [code, why] of [[404, "is gone"], [409, "has been replaced"], [403, "is not ours to delete"]] as const
) {
  Deno.test(`It does not mind that the policy ${why}`, () =>
    serving(
      [refusal(code)],
      ({ transport, signal }) => createPolicyDeletion(transport, new InstantClock())(POLICY, signal),
    ));
}

Deno.test("It throws when the server refuses for another reason", () =>
  serving([refusal(422, "Invalid")], async ({ transport, signal }) => {
    const deleted = createPolicyDeletion(transport, new InstantClock())(POLICY, signal);
    await assert.rejects(deleted, { name: "ApiError", code: 422 });
  }));
