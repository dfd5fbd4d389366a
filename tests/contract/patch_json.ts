/** JSON patches: guarded by `test`, all or nothing, and the same 422 without details for whatever fails. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { addFinalizer, removeFinalizer } from "../../lib/runtime/finalizer.ts";
import { assertRefusal, type KubeObject } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, type Team } from "./team.ts";

const PATH = "devopspolicies/a";
const FOREIGN = "example.com/hold";

function apply(team: Team, operations: unknown, code = 200): Promise<KubeObject> {
  return team.patch(PATH, operations, { type: "json", code });
}

/** Asserts that a server refuses the operations in the way that carries no details. */
async function assertFails(team: Team, operations: unknown): Promise<void> {
  assertRefusal(await apply(team, operations, 422), {
    code: 422,
    reason: "Invalid",
    message: "the server rejected our request due to an error in our request",
    details: {},
  });
}

export const PATCH_JSON: readonly Row[] = [
  {
    name: "a failed test is a 422 with empty details, and nothing is written",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      await assertFails(team, [
        { op: "add", path: "/metadata/finalizers", value: [FINALIZER] },
        { op: "test", path: "/metadata/uid", value: "other" },
      ]);
      assert.deepEqual(await team.get(PATH), created);
    },
  },
  {
    name: "a test of the current resourceVersion passes, and of an old one fails",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await team.policy("a")).metadata;
      const operations = [
        { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
        { op: "replace", path: "/spec", value: { maxRestartCount: 1 } },
      ];
      assert.deepEqual((await apply(team, operations))["spec"], { maxRestartCount: 1 });
      await assertFails(team, operations);
    },
  },
  {
    name: "an absent list tests equal to null, and then can be added as a whole",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const operations = [
        { op: "test", path: "/metadata/finalizers", value: null },
        { op: "add", path: "/metadata/finalizers", value: [FINALIZER] },
      ];
      assert.deepEqual((await apply(team, operations)).metadata.finalizers, [FINALIZER]);
      await assertFails(team, operations);
    },
  },
  {
    name: "an absent list has no end to add to",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await assertFails(team, [{ op: "add", path: "/metadata/finalizers/-", value: FINALIZER }]);
    },
  },
  {
    name: "a list is added to at its end, and at an index before what stood there",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: [FOREIGN] } });
      const { metadata } = await apply(team, [
        { op: "add", path: "/metadata/finalizers/-", value: FINALIZER },
        { op: "add", path: "/metadata/finalizers/0", value: "example.com/first" },
      ]);
      assert.deepEqual(metadata.finalizers, ["example.com/first", FOREIGN, FINALIZER]);
    },
  },
  {
    name: "replace, copy, move and remove work, with ~1 for a slash in keys",
    async run(server) {
      const team = await newTeam(server);
      const annotations = { "example.com/a": "1", c: "2", d: "3" };
      await team.policy("a", { metadata: { annotations }, spec: { maxRestartCount: 1 } });
      const { metadata, spec } = await apply(team, [
        { op: "replace", path: "/spec/maxRestartCount", value: 2 },
        { op: "copy", from: "/metadata/annotations/d", path: "/metadata/annotations/e" },
        { op: "move", from: "/metadata/annotations/c", path: "/metadata/annotations/f" },
        { op: "remove", path: "/metadata/annotations/example.com~1a" },
      ]);
      assert.deepEqual(spec, { maxRestartCount: 2 });
      assert.deepEqual(metadata.annotations, { d: "3", e: "3", f: "2" });
    },
  },
  {
    name: "to remove what is not there, or to add to it, fails",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: [FOREIGN] } });
      await assertFails(team, [{ op: "remove", path: "/metadata/finalizers/1" }]);
      await assertFails(team, [{ op: "remove", path: "/spec/maxRestartCount" }]);
      await assertFails(team, [{ op: "add", path: "/no/where", value: 1 }]);
    },
  },
  {
    name: "the operator's own patches put its finalizer on and take it off again",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: bare } = await team.policy("a");
      const { metadata: ours } = await apply(team, addFinalizer(bare, FINALIZER));
      assert.deepEqual(ours.finalizers, [FINALIZER]);
      await assertFails(team, addFinalizer(bare, FINALIZER));
      const { metadata: none } = await apply(team, removeFinalizer(ours, FINALIZER));
      assert.equal(none.finalizers, undefined);
      await assertFails(team, removeFinalizer(ours, FINALIZER));
    },
  },
  {
    name: "the operator's own patches leave foreign finalizers where they are",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: foreign } = await team.policy("a", { metadata: { finalizers: [FOREIGN] } });
      const { metadata: both } = await apply(team, addFinalizer(foreign, FINALIZER));
      assert.deepEqual(both.finalizers, [FOREIGN, FINALIZER]);
      const { metadata: left } = await apply(team, removeFinalizer(both, FINALIZER));
      assert.deepEqual(left.finalizers, [FOREIGN]);
    },
  },
  {
    name: "the operator's patch for an object that was replaced by another of its name fails",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: old } = await team.policy("a");
      await team.delete(PATH);
      await team.policy("a");
      await assertFails(team, addFinalizer(old, FINALIZER));
    },
  },
  {
    name: "operations that are no list are a 400",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const answer = await apply(team, { op: "test" }, 400);
      assertRefusal(answer, { code: 400, reason: "BadRequest", message: /^error decoding patch: / });
    },
  },
];
