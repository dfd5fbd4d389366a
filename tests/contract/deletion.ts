/** Deletion: what holds an object, what may still happen to it, and what is left. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { assertOlder, assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, policy, type Team } from "./team.ts";

const FOREIGN = "example.com/hold";
const PATH = "devopspolicies/a";

/** A policy that somebody has deleted and that `finalizers` hold. */
async function deleting(team: Team, finalizers: readonly string[]) {
  await team.policy("a", { metadata: { finalizers } });
  return await team.delete(PATH);
}

export const DELETION: readonly Row[] = [
  {
    name: "an object that nothing holds is gone at once, and the answer is a Status that names it",
    async run(server) {
      const team = await newTeam(server);
      const { uid } = (await team.policy("a")).metadata;
      const { kind, status, details } = await team.delete(PATH);
      assert.deepEqual({ kind, status }, { kind: "Status", status: "Success" });
      assert.deepEqual(details, { name: "a", group: "devops.stochastic.io", kind: "devopspolicies", uid });
      await team.get(PATH, { code: 404 });
    },
  },
  {
    name: "an object that a finalizer holds stays, marked as being deleted, with a new generation",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a", { metadata: { finalizers: [FINALIZER] } });
      const answer = await team.delete(PATH);
      const { deletionTimestamp, deletionGracePeriodSeconds, generation, finalizers } = answer.metadata;
      assert.match(String(deletionTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(deletionGracePeriodSeconds, 0);
      assert.equal(generation, 2);
      assert.deepEqual(finalizers, [FINALIZER]);
      assertOlder(created.metadata.resourceVersion, answer.metadata.resourceVersion);
      assert.deepEqual(await team.get(PATH), answer);
    },
  },
  {
    name: "a second deletion changes nothing",
    async run(server) {
      const team = await newTeam(server);
      const first = await deleting(team, [FINALIZER]);
      assert.deepEqual(await team.delete(PATH), first);
    },
  },
  {
    name: "a deletion in the background, as kubectl asks for, is the same",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: [FINALIZER] } });
      const { metadata } = await team.delete(PATH, { propagationPolicy: "Background" });
      assert.deepEqual(metadata.finalizers, [FINALIZER]);
    },
  },
  {
    name: "deleting what is not there is a 404",
    async run(server) {
      const team = await newTeam(server);
      assertRefusal(await team.delete(PATH, undefined, { code: 404 }), { code: 404, reason: "NotFound" });
    },
  },
  {
    name: "a finalizer cannot be added during deletion, neither by JSON patch nor by merge patch",
    async run(server) {
      const team = await newTeam(server);
      await deleting(team, [FOREIGN]);
      const operations = [{ op: "add", path: "/metadata/finalizers/-", value: FINALIZER }];
      const merge = { metadata: { finalizers: [FOREIGN, FINALIZER] } };
      const message = "Forbidden: no new finalizers can be added if the object is being deleted, " +
        `found new finalizers []string{"${FINALIZER}"}`;
      for (
        const answer of [
          await team.patch(PATH, operations, { type: "json", code: 422 }),
          await team.patch(PATH, merge, { code: 422 }),
        ]
      ) {
        assertRefusal(answer, {
          code: 422,
          reason: "Invalid",
          message: `DevOpsPolicy.devops.stochastic.io "a" is invalid: metadata.finalizers: ${message}`,
        });
        assert.deepEqual(uniqueCauses(answer), [
          { reason: "FieldValueForbidden", message, field: "metadata.finalizers" },
        ]);
      }
    },
  },
  {
    name: "a finalizer taken out leaves the others holding",
    async run(server) {
      const team = await newTeam(server);
      await deleting(team, [FOREIGN, FINALIZER, "example.com/other"]);
      const operations = [
        { op: "test", path: "/metadata/finalizers/1", value: FINALIZER },
        { op: "remove", path: "/metadata/finalizers/1" },
      ];
      const { metadata } = await team.patch(PATH, operations, { type: "json" });
      assert.deepEqual(metadata.finalizers, [FOREIGN, "example.com/other"]);
      assert.deepEqual((await team.get(PATH)).metadata, metadata);
    },
  },
  {
    name: "the last finalizer taken out ends the object, which is answered once more without it",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: held } = await deleting(team, [FINALIZER]);
      const operations = [{ op: "remove", path: "/metadata/finalizers/0" }];
      const { metadata } = await team.patch(PATH, operations, { type: "json" });
      assert.equal(metadata.finalizers, undefined);
      assert.equal(metadata.uid, held.uid);
      assert.equal(metadata.deletionTimestamp, held.deletionTimestamp);
      await team.get(PATH, { code: 404 });
      assert.deepEqual((await team.get("devopspolicies")).items, []);
    },
  },
  {
    name: "an update without finalizers ends an object that is being deleted",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await deleting(team, [FOREIGN])).metadata;
      await team.put(PATH, policy("a", { metadata: { resourceVersion } }));
      await team.get(PATH, { code: 404 });
    },
  },
  {
    name: "finalizers taken out before a deletion leave the object alive",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: [FINALIZER] } });
      const { metadata } = await team.patch(PATH, { metadata: { finalizers: null } });
      assert.equal(metadata.finalizers, undefined);
      assert.deepEqual((await team.get(PATH)).metadata, metadata);
    },
  },
  {
    name: "spec and status can be written during deletion",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: held } = await deleting(team, [FINALIZER]);
      const { metadata } = await team.patch(PATH, { spec: { maxRestartCount: 1 } });
      assert.equal(metadata.generation, held.generation + 1);
      const { status } = await team.patch(`${PATH}/status`, { status: { message: "leaving" } });
      assert.deepEqual(status, { message: "leaving" });
    },
  },
  {
    name: "a deletion cannot be taken back or dated by a patch",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: held } = await deleting(team, [FINALIZER]);
      const { metadata } = await team.patch(PATH, { metadata: { deletionTimestamp: null } });
      assert.equal(metadata.deletionTimestamp, held.deletionTimestamp);
      await team.policy("b");
      const dated = { metadata: { deletionTimestamp: "2020-01-01T00:00:00Z" } };
      const answer = await team.patch("devopspolicies/b", dated, { code: 422 });
      assert.deepEqual(uniqueCauses(answer), [{
        reason: "FieldValueInvalid",
        message: 'Invalid value: "2020-01-01T00:00:00Z": field is immutable',
        field: "metadata.deletionTimestamp",
      }]);
    },
  },
  {
    name: "a name can be taken again, by another object",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: first } = await team.policy("a", { spec: { maxRestartCount: 1 } });
      await team.patch(PATH, { spec: { maxRestartCount: 2 } });
      await team.delete(PATH);
      const { metadata: second } = await team.policy("a");
      assert.notEqual(second.uid, first.uid);
      assert.equal(second.generation, 1);
    },
  },
];
