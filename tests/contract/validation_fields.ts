/** Validation of what the schema does not name, of nulls and bounds, and of what a patch would make of an object. */

import assert from "node:assert/strict";
import { assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, POLICY, policy } from "./team.ts";

const NULLS = {
  forbidLatestTag: null,
  requireLivenessProbe: null,
  requireReadinessProbe: null,
  maxRestartCount: null,
  forbidPendingDuration: null,
};

export const VALIDATION_FIELDS: readonly Row[] = [
  {
    name: "null is accepted, and kept, where the schema says nullable",
    async run(server) {
      const team = await newTeam(server);
      assert.deepEqual((await team.policy("a", { spec: NULLS }))["spec"], NULLS);
    },
  },
  {
    name: "the bounds themselves are accepted",
    async run(server) {
      const team = await newTeam(server);
      for (
        const spec of [
          { maxRestartCount: 0, forbidPendingDuration: 0 },
          { maxRestartCount: 2 ** 31 - 1, forbidPendingDuration: Number.MAX_SAFE_INTEGER },
        ]
      ) {
        const { metadata, spec: stored } = await team.post("devopspolicies", {
          ...POLICY,
          metadata: { generateName: "a-" },
          spec,
        });
        assert.deepEqual(stored, spec, metadata.name);
      }
    },
  },
  {
    name: "a patch that would make the object invalid is refused with the causes",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a", { spec: { maxRestartCount: 1 } });
      const answer = await team.patch("devopspolicies/a", { spec: { maxRestartCount: -2 } }, { code: 422 });
      assertRefusal(answer, {
        code: 422,
        reason: "Invalid",
        message: 'DevOpsPolicy.devops.stochastic.io "a" is invalid: spec.maxRestartCount: ' +
          "Invalid value: -2: spec.maxRestartCount in body should be greater than or equal to 0",
      });
      const nothing = await team.patch("devopspolicies/a", { spec: null }, { code: 422 });
      assert.deepEqual(uniqueCauses(nothing), [
        { reason: "FieldValueRequired", message: "Required value", field: "spec" },
      ]);
      assert.deepEqual(await team.get("devopspolicies/a"), created);
    },
  },
  {
    name: "unknown fields are pruned, and each is told of in a Warning",
    async run(server) {
      const team = await newTeam(server);
      const body = policy("a", { spec: { maxRestartCount: 1, typo: true } });
      const created = await server.request("POST", team.path("devopspolicies"), body);
      assert.equal(created.headers.get("warning"), '299 - "unknown field \\"spec.typo\\""');
      assert.deepEqual((await created.json()).spec, { maxRestartCount: 1 });
      const patch = { spec: { typo: { deep: 1 } }, extra: 1 };
      const patched = await server.request("PATCH", team.path("devopspolicies/a"), patch);
      const warnings = patched.headers.get("warning");
      assert.equal(warnings, '299 - "unknown field \\"extra\\"", 299 - "unknown field \\"spec.typo\\""');
      assert.deepEqual((await patched.json()).spec, { maxRestartCount: 1 });
    },
  },
  {
    name: "unknown fields are refused when asked to be strict, as kubectl does",
    async run(server) {
      const team = await newTeam(server);
      const body = policy("a", { spec: { typo: true, maxRestartCount: 1 } });
      const answer = await team.post("devopspolicies?fieldValidation=Strict", body, { code: 400 });
      assertRefusal(answer, {
        code: 400,
        reason: "BadRequest",
        message: 'DevOpsPolicy in version "v1" cannot be handled as a DevOpsPolicy: strict decoding error: ' +
          'unknown field "spec.typo"',
      });
      await team.policy("a");
      const patch = { spec: { typo: true } };
      const patched = await team.patch("devopspolicies/a?fieldValidation=Strict", patch, { code: 422 });
      assertRefusal(patched, {
        code: 422,
        reason: "Invalid",
        message: /strict decoding error: unknown field "spec\.typo"$/,
      });
    },
  },
  {
    name: "unknown fields are pruned in silence when asked to ignore them",
    async run(server) {
      const team = await newTeam(server);
      const path = team.path("devopspolicies?fieldValidation=Ignore");
      const created = await server.request("POST", path, policy("a", { spec: { typo: true } }));
      assert.equal(created.headers.get("warning"), null);
      assert.deepEqual((await created.json()).spec, {});
    },
  },
  {
    name: "unknown fields of a pod are refused when asked to be strict",
    async run(server) {
      const team = await newTeam(server);
      const answer = await team.post("pods?fieldValidation=Strict", {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "a" },
        spec: { containers: [{ name: "app", image: "app:1.0", imagePolicy: "Always" }] },
      }, { code: 400 });
      assertRefusal(answer, {
        code: 400,
        reason: "BadRequest",
        message: 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: ' +
          'unknown field "spec.containers[0].imagePolicy"',
      });
    },
  },
];
