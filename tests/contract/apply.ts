/** Server-side apply, as far as `kubectl apply --server-side` of our objects needs it. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { assertRefusal, type KubeObject, type Metadata } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, type Parts, policy, type Team } from "./team.ts";

function apply(team: Team, manager: string, parts: Parts, code = 200, force = false): Promise<KubeObject> {
  const query = `fieldManager=${manager}${force ? "&force=true" : ""}`;
  return team.patch(`devopspolicies/a?${query}`, policy("a", parts), { type: "apply", code });
}

function owners({ managedFields = [] }: Metadata): string[] {
  return managedFields.map(({ manager, operation }) => `${manager} ${operation}`).sort();
}

/** What is answered when `manager` applies `.spec.maxRestartCount`, which somebody else has set. */
function assertOwnedBy(answer: KubeObject, manager: string): void {
  const field = ".spec.maxRestartCount";
  assertRefusal(answer, {
    code: 409,
    reason: "Conflict",
    message: `Apply failed with 1 conflict: conflict with ${manager}: ${field}`,
    details: { causes: [{ reason: "FieldManagerConflict", message: `conflict with ${manager}`, field }] },
  });
}

export const APPLY: readonly Row[] = [
  {
    name: "applying what is not there creates it, owned by its applier",
    async run(server) {
      const team = await newTeam(server);
      const parts = { metadata: { labels: { app: "web" } }, spec: { maxRestartCount: 3 } };
      const { metadata, spec } = await apply(team, "me", parts, 201);
      assert.deepEqual(spec, { maxRestartCount: 3 });
      assert.equal(metadata.generation, 1);
      assert.deepEqual(
        metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })),
        [{
          manager: "me",
          operation: "Apply",
          fieldsV1: { "f:metadata": { "f:labels": { "f:app": {} } }, "f:spec": { "f:maxRestartCount": {} } },
        }],
      );
    },
  },
  {
    name: "applying the same again changes nothing",
    async run(server) {
      const team = await newTeam(server);
      const created = await apply(team, "me", { spec: { maxRestartCount: 3 } }, 201);
      assert.deepEqual(await apply(team, "me", { spec: { maxRestartCount: 3 } }), created);
    },
  },
  {
    name: "a field that the applier no longer names is taken out",
    async run(server) {
      const team = await newTeam(server);
      const labels = { a: "1", b: "2" };
      await apply(
        team,
        "me",
        { metadata: { labels }, spec: { maxRestartCount: 3, forbidLatestTag: true } },
        201,
      );
      const parts = { metadata: { labels: { a: "1" } }, spec: { forbidLatestTag: true } };
      const { metadata, spec } = await apply(team, "me", parts);
      assert.deepEqual(spec, { forbidLatestTag: true });
      assert.deepEqual(metadata.labels, { a: "1" });
      assert.equal(metadata.generation, 2);
    },
  },
  {
    name: "a field of another applier is a conflict that names both",
    async run(server) {
      const team = await newTeam(server);
      await apply(team, "one", { spec: { maxRestartCount: 3 } }, 201);
      assertOwnedBy(await apply(team, "two", { spec: { maxRestartCount: 4 } }, 409), '"one"');
    },
  },
  {
    name: "a field that somebody set by another kind of write is a conflict, too",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await team.patch("devopspolicies/a?fieldManager=kubectl-edit", { spec: { maxRestartCount: 3 } });
      const answer = await apply(team, "me", { spec: { maxRestartCount: 4 } }, 409);
      assertOwnedBy(answer, '"kubectl-edit" using devops.stochastic.io/v1');
    },
  },
  {
    name: "force takes a field over, and its former owner may leave it out",
    async run(server) {
      const team = await newTeam(server);
      const kept = { forbidLatestTag: true };
      await apply(team, "one", { spec: { maxRestartCount: 3, ...kept } }, 201);
      const taken = await apply(team, "two", { spec: { maxRestartCount: 4 } }, 200, true);
      assert.deepEqual(taken["spec"], { maxRestartCount: 4, ...kept });
      assert.deepEqual(owners(taken.metadata), ["one Apply", "two Apply"]);
      assert.deepEqual((await apply(team, "one", { spec: kept }))["spec"], { maxRestartCount: 4, ...kept });
    },
  },
  {
    name: "two appliers of the same value share it, and the last one to leave takes it out",
    async run(server) {
      const team = await newTeam(server);
      const kept = { forbidLatestTag: true };
      await apply(team, "one", { spec: { maxRestartCount: 3, ...kept } }, 201);
      await apply(team, "two", { spec: { maxRestartCount: 3, ...kept } });
      assert.deepEqual((await apply(team, "one", { spec: kept }))["spec"], { maxRestartCount: 3, ...kept });
      assert.deepEqual((await apply(team, "two", { spec: kept }))["spec"], kept);
    },
  },
  {
    name: "fields that others set are left alone",
    async run(server) {
      const team = await newTeam(server);
      await apply(team, "me", { metadata: { labels: { mine: "1" } }, spec: { maxRestartCount: 3 } }, 201);
      await team.patch("devopspolicies/a?fieldManager=kubectl-label", {
        metadata: { labels: { theirs: "1" } },
      });
      await team.patch("devopspolicies/a/status?fieldManager=operator", { status: { message: "ok" } });
      const answer = await apply(team, "me", {
        metadata: { labels: { mine: "2" } },
        spec: { maxRestartCount: 3 },
      });
      assert.deepEqual(answer.metadata.labels, { mine: "2", theirs: "1" });
      assert.deepEqual(answer["status"], { message: "ok" });
      assert.deepEqual(owners(answer.metadata), ["kubectl-label Update", "me Apply", "operator Update"]);
    },
  },
  {
    name: "applying a finalizer to an object that was deleted creates it again",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: gone } = await team.policy("a");
      await team.delete("devopspolicies/a");
      const { metadata } = await apply(team, "me", { metadata: { finalizers: [FINALIZER] } }, 201);
      assert.notEqual(metadata.uid, gone.uid);
      assert.deepEqual(metadata.finalizers, [FINALIZER]);
    },
  },
  {
    name: "who applies must give a name",
    async run(server) {
      const team = await newTeam(server);
      const answer = await team.patch("devopspolicies/a", policy("a"), { type: "apply", code: 422 });
      assertRefusal(answer, {
        code: 422,
        reason: "Invalid",
        message:
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      });
    },
  },
  {
    name: "what is applied is validated, and bears no managedFields",
    async run(server) {
      const team = await newTeam(server);
      const invalid = await apply(team, "me", { spec: { maxRestartCount: -1 } }, 422);
      assertRefusal(invalid, { code: 422, reason: "Invalid", message: /^DevOpsPolicy.* "a" is invalid: / });
      await apply(team, "me", {}, 201);
      const managedFields = [{ manager: "me", operation: "Apply" }];
      assertRefusal(await apply(team, "me", { metadata: { managedFields } }, 400), {
        code: 400,
        reason: "BadRequest",
        message: "metadata.managedFields must be nil",
      });
    },
  },
];
