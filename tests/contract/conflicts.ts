/** Conflicts: whoever writes from an old state is told so, and nothing of it is written. */

import assert from "node:assert/strict";
import { assertRefusal, type KubeObject } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, policy, type Team } from "./team.ts";

const GROUP_KIND = { group: "devops.stochastic.io", kind: "devopspolicies" };

/** A policy that somebody has changed since `stale` was read. */
async function changed(team: Team): Promise<{ stale: KubeObject; fresh: KubeObject }> {
  const stale = await team.policy("a", { spec: { maxRestartCount: 1 } });
  const fresh = await team.patch("devopspolicies/a", { spec: { maxRestartCount: 2 } });
  return { stale, fresh };
}

function assertModified(answer: KubeObject): void {
  assertRefusal(answer, {
    code: 409,
    reason: "Conflict",
    message:
      'Operation cannot be fulfilled on devopspolicies.devops.stochastic.io "a": the object has been ' +
      "modified; please apply your changes to the latest version and try again",
    details: { name: "a", ...GROUP_KIND },
  });
}

export const CONFLICTS: readonly Row[] = [
  {
    name: "a merge patch on /status with an old resourceVersion is a 409 and writes nothing",
    async run(server) {
      const team = await newTeam(server);
      const { stale, fresh } = await changed(team);
      const { resourceVersion } = stale.metadata;
      const patch = { metadata: { resourceVersion }, status: { message: "stale" } };
      assertModified(await team.patch("devopspolicies/a/status", patch, { code: 409 }));
      assert.deepEqual(await team.get("devopspolicies/a"), fresh);
    },
  },
  {
    name: "a merge patch on /status with the current resourceVersion is written",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await changed(team)).fresh.metadata;
      const patch = { metadata: { resourceVersion }, status: { message: "fresh" } };
      const { status, metadata } = await team.patch("devopspolicies/a/status", patch);
      assert.deepEqual(status, { message: "fresh" });
      assert.notEqual(metadata.resourceVersion, resourceVersion);
    },
  },
  {
    name: "a merge patch on the object with an old resourceVersion is a 409",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await changed(team)).stale.metadata;
      const patch = { metadata: { resourceVersion }, spec: { maxRestartCount: 7 } };
      assertModified(await team.patch("devopspolicies/a", patch, { code: 409 }));
    },
  },
  {
    name: "an update with an old resourceVersion is a 409, on the object and on its status",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await changed(team)).stale.metadata;
      const update = policy("a", { metadata: { resourceVersion }, status: { message: "stale" } });
      assertModified(await team.put("devopspolicies/a", update, { code: 409 }));
      assertModified(await team.put("devopspolicies/a/status", update, { code: 409 }));
    },
  },
  {
    name: "an update of a custom object without a resourceVersion is refused",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const answer = await team.put("devopspolicies/a", policy("a"), { code: 422 });
      const message = "Invalid value: 0: must be specified for an update";
      assertRefusal(answer, {
        code: 422,
        reason: "Invalid",
        message: `devopspolicies.devops.stochastic.io "a" is invalid: metadata.resourceVersion: ${message}`,
        details: {
          name: "a",
          ...GROUP_KIND,
          causes: [{ reason: "FieldValueInvalid", message, field: "metadata.resourceVersion" }],
        },
      });
    },
  },
  {
    name: "server-side apply with an old resourceVersion is a 409",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await changed(team)).stale.metadata;
      const patch = policy("a", { metadata: { resourceVersion } });
      assertModified(
        await team.patch("devopspolicies/a?fieldManager=me", patch, { type: "apply", code: 409 }),
      );
    },
  },
  {
    name: "creating what is there is a 409 that says AlreadyExists",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      assertRefusal(await team.post("devopspolicies", policy("a"), { code: 409 }), {
        code: 409,
        reason: "AlreadyExists",
        message: 'devopspolicies.devops.stochastic.io "a" already exists',
        details: { name: "a", ...GROUP_KIND },
      });
    },
  },
  {
    name: "creating what is being deleted is a 409 that says so",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: ["example.com/hold"] } });
      await team.delete("devopspolicies/a");
      assertRefusal(await team.post("devopspolicies", policy("a"), { code: 409 }), {
        code: 409,
        reason: "AlreadyExists",
        message: 'object is being deleted: devopspolicies.devops.stochastic.io "a" already exists',
      });
    },
  },
  {
    name: "of two writers from the same version exactly one succeeds",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await team.policy("a")).metadata;
      const codes = await Promise.all(["one", "two"].map(async (message) => {
        const response = await server.request("PATCH", team.path("devopspolicies/a/status"), {
          metadata: { resourceVersion },
          status: { message },
        });
        await response.body?.cancel();
        return response.status;
      }));
      assert.deepEqual(codes.sort(), [200, 409]);
    },
  },
  {
    name: "a deletion bound to another uid or resourceVersion is a 409",
    async run(server) {
      const team = await newTeam(server);
      const { uid, resourceVersion } = (await team.policy("a")).metadata;
      const remove = (preconditions: object, code: number) =>
        team.delete("devopspolicies/a", { apiVersion: "v1", kind: "DeleteOptions", preconditions }, { code });
      const byUid = await remove({ uid: "other" }, 409);
      const byVersion = await remove({ resourceVersion: "1" }, 409);
      for (const answer of [byUid, byVersion]) assertRefusal(answer, { code: 409, reason: "Conflict" });
      assert.match(String(byUid["message"]), /the UID in the precondition \(other\) does not match the UID/);
      assert.match(
        String(byVersion["message"]),
        /the ResourceVersion in the precondition \(1\) does not match/,
      );
      await remove({ uid, resourceVersion }, 200);
      await team.get("devopspolicies/a", { code: 404 });
    },
  },
];
