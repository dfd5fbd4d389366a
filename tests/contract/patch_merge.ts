/** Merge patches: what they change, what they leave, and what is refused. */

import assert from "node:assert/strict";
import { assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, PATCH } from "./team.ts";

const PATH = "devopspolicies/a";

export const PATCH_MERGE: readonly Row[] = [
  {
    name: "a merge patch changes what it names and nothing else",
    async run(server) {
      const team = await newTeam(server);
      const labels = { keep: "1", change: "1" };
      await team.policy("a", { metadata: { labels }, spec: { forbidLatestTag: true, maxRestartCount: 1 } });
      const patch = { metadata: { labels: { change: "2" } }, spec: { maxRestartCount: 2 } };
      const { spec, metadata } = await team.patch(PATH, patch);
      assert.deepEqual(spec, { forbidLatestTag: true, maxRestartCount: 2 });
      assert.deepEqual(metadata.labels, { keep: "1", change: "2" });
    },
  },
  {
    name: "null in a merge patch takes a field out",
    async run(server) {
      const team = await newTeam(server);
      const spec = { forbidLatestTag: true, maxRestartCount: 1 };
      await team.policy("a", { metadata: { labels: { gone: "1", stays: "1" } }, spec });
      const patch = { metadata: { labels: { gone: null } }, spec: { maxRestartCount: null } };
      const patched = await team.patch(PATH, patch);
      assert.deepEqual(patched["spec"], { forbidLatestTag: true });
      assert.deepEqual(patched.metadata.labels, { stays: "1" });
    },
  },
  {
    name: "a merge patch replaces lists as a whole",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: ["example.com/a", "example.com/b"] } });
      const { metadata } = await team.patch(PATH, { metadata: { finalizers: ["example.com/c"] } });
      assert.deepEqual(metadata.finalizers, ["example.com/c"]);
    },
  },
  {
    name: "a patch that changes nothing keeps the version",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a", { spec: { maxRestartCount: 1 } });
      assert.deepEqual(await team.patch(PATH, { spec: { maxRestartCount: 1 } }), created);
      assert.deepEqual(await team.patch(PATH, {}), created);
    },
  },
  {
    name: "a patch of what is not there is a 404 and creates nothing",
    async run(server) {
      const team = await newTeam(server);
      const answer = await team.patch(PATH, { spec: { maxRestartCount: 1 } }, { code: 404 });
      assertRefusal(answer, { code: 404, reason: "NotFound" });
      await team.patch(`${PATH}/status`, { status: { message: "x" } }, { code: 404 });
      await team.get(PATH, { code: 404 });
    },
  },
  {
    name: "another uid is refused on the object, and accepted in silence on /status",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: created } = await team.policy("a");
      const answer = await team.patch(PATH, { metadata: { uid: "other" }, spec: {} }, { code: 422 });
      assertRefusal(answer, { code: 422, reason: "Invalid" });
      assert.deepEqual(uniqueCauses(answer), [{
        reason: "FieldValueInvalid",
        message: 'Invalid value: "other": field is immutable',
        field: "metadata.uid",
      }]);
      const patch = { metadata: { uid: "other" }, status: { message: "written" } };
      const { metadata, status } = await team.patch(`${PATH}/status`, patch);
      assert.equal(metadata.uid, created.uid);
      assert.deepEqual(status, { message: "written" });
    },
  },
  {
    name: "generation and creationTimestamp in a patch are ignored",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      const patch = { metadata: { generation: 99, creationTimestamp: "2020-01-01T00:00:00Z" } };
      assert.deepEqual(await team.patch(PATH, patch), created);
    },
  },
  {
    name: "name and namespace in a patch must be those of the path",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      assertRefusal(await team.patch(PATH, { metadata: { name: "b" } }, { code: 400 }), {
        code: 400,
        reason: "BadRequest",
        message: "the name of the object (b) does not match the name on the URL (a)",
      });
      assertRefusal(await team.patch(PATH, { metadata: { namespace: "b" } }, { code: 400 }), {
        code: 400,
        reason: "BadRequest",
        message: "the namespace of the provided object does not match the namespace sent on the request",
      });
    },
  },
  {
    name:
      "a patch of another type is a 415 that says which there are, strategic ones of custom objects included",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      for (const type of ["application/json", PATCH.strategic]) {
        const headers = { "content-type": type };
        assertRefusal(await team.patch(PATH, {}, { code: 415, headers }), {
          code: 415,
          reason: "UnsupportedMediaType",
          message: "the body of the request was in an unknown format - accepted media types include: " +
            [PATCH.json, PATCH.merge, PATCH.apply].join(", "),
        });
      }
    },
  },
  {
    name: "a patch that is not JSON, or not an object, is a 400",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      for (const body of ["{", '"text"']) {
        assertRefusal(await team.patch(PATH, body, { code: 400 }), {
          code: 400,
          reason: "BadRequest",
          message: /^error decoding patch: /,
        });
      }
    },
  },
];
