/** Access: who is let in, and what kubectl and the operator are told when they ask whether they may. */

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { assertRefusal } from "./object.ts";
import type { Row } from "./row.ts";
import { call, GROUP, newTeam } from "./team.ts";

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

export const ACCESS: readonly Row[] = [
  {
    name: "a wrong token is a 401, whatever the path",
    async run(server) {
      const team = await newTeam(server);
      const headers = { authorization: "Bearer wrong" };
      for (
        const path of [team.path("devopspolicies"), team.path("pods/a"), `${GROUP}/devopspolicies`, "/apis"]
      ) {
        const answer = await call(server, "GET", path, undefined, { code: 401, headers });
        assertRefusal(answer, { code: 401, reason: "Unauthorized", message: "Unauthorized" });
      }
    },
  },
  {
    name: "a wrong token opens no watch",
    async run(server) {
      const response = await server.request("GET", `${GROUP}/devopspolicies?watch=1`, undefined, {
        authorization: "Bearer wrong",
      });
      await response.body?.cancel();
      assert.equal(response.status, 401);
    },
  },
  {
    name: "who asks whether they may list pods is told yes",
    async run(server) {
      const resourceAttributes = { verb: "list", resource: "pods", namespace: "default" };
      const answer = await call(server, "POST", REVIEWS, {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      });
      assert.equal(answer["kind"], "SelfSubjectAccessReview");
      assert.deepEqual(answer["spec"], { resourceAttributes });
      assert.deepEqual(answer["status"], { allowed: true });
    },
  },
  {
    name: "who asks whether they may write the status of policies is told yes",
    async run(server) {
      const { group, resource } = { group: "devops.stochastic.io", resource: "devopspolicies" };
      const answer = await call(server, "POST", REVIEWS, {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { verb: "patch", group, resource, subresource: "status" } },
      });
      assert.deepEqual(answer["status"], { allowed: true });
    },
  },
  {
    name: "who asks for all that they may do in a namespace is told everything",
    async run(server) {
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview" };
      const at = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
      const { status } = await call(server, "POST", at, { ...review, spec: { namespace: "default" } });
      const { resourceRules, nonResourceRules, incomplete } = status as Record<string, readonly unknown[]>;
      // One role's rules after the other's, in no order.
      for (
        const [rules, everything] of [
          [resourceRules, { verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
          [nonResourceRules, { verbs: ["*"], nonResourceURLs: ["*"] }],
        ] as const
      ) assert.ok(rules?.some((rule) => isDeepStrictEqual(rule, everything)), JSON.stringify(rules));
      assert.equal(incomplete, false);
    },
  },
];
