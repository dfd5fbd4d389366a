/** Validation beside the schema: names, labels, types and places of objects, and what a pod cannot do without. */

import assert from "node:assert/strict";
import { assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, POLICY, policy } from "./team.ts";

export const VALIDATION_OBJECTS: readonly Row[] = [
  {
    name: "a name that is no DNS name is refused",
    async run(server) {
      const team = await newTeam(server);
      const answer = await team.post("devopspolicies", policy("Upper_Case"), { code: 422 });
      assertRefusal(answer, { code: 422, reason: "Invalid" });
      const [cause] = uniqueCauses(answer) as { field: string; message: string }[];
      assert.equal(cause?.field, "metadata.name");
      assert.match(
        cause.message,
        /^Invalid value: "Upper_Case": a lowercase RFC 1123 subdomain must consist of/,
      );
    },
  },
  {
    name: "an object needs a name",
    async run(server) {
      const team = await newTeam(server);
      const answer = await team.post("devopspolicies", { ...POLICY, metadata: {}, spec: {} }, { code: 422 });
      assert.deepEqual(uniqueCauses(answer), [{
        reason: "FieldValueRequired",
        message: "Required value: name or generateName is required",
        field: "metadata.name",
      }]);
    },
  },
  {
    name: "a label value that is none is refused",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const patch = { metadata: { labels: { a: "b c" } } };
      const answer = await team.patch("devopspolicies/a", patch, { code: 422 });
      const [cause] = uniqueCauses(answer) as { field: string; message: string }[];
      assert.equal(cause?.field, "metadata.labels");
      assert.match(
        cause.message,
        /^Invalid value: "b c": a valid label must be an empty string or consist of/,
      );
    },
  },
  {
    name: "an object of another version, kind or namespace than its path is refused",
    async run(server) {
      const team = await newTeam(server);
      const body = policy("a");
      const post = (change: object, code: number) =>
        team.post("devopspolicies", { ...body, ...change }, { code });
      assertRefusal(await post({ apiVersion: "devops.stochastic.io/v2" }, 400), {
        code: 400,
        reason: "BadRequest",
        message:
          "the API version in the data (devops.stochastic.io/v2) does not match the expected API version " +
          "(devops.stochastic.io/v1)",
      });
      assertRefusal(await post({ kind: "Other" }, 422), {
        code: 422,
        reason: "Invalid",
        message:
          'Other.devops.stochastic.io "a" is invalid: kind: Invalid value: "Other": must be DevOpsPolicy',
      });
      assertRefusal(await post({ metadata: { name: "a", namespace: "other" } }, 400), {
        code: 400,
        reason: "BadRequest",
        message: "the namespace of the provided object does not match the namespace sent on the request",
      });
    },
  },
  {
    name: "a pod without containers, or with one that lacks an image, is refused",
    async run(server) {
      const team = await newTeam(server);
      const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
      const post = (containers: unknown) =>
        team.post("pods", { ...body, spec: { containers } }, { code: 422 });
      const required = (field: string) => [
        { reason: "FieldValueRequired", message: "Required value", field },
      ];
      assert.deepEqual(uniqueCauses(await post([])), required("spec.containers"));
      assert.deepEqual(uniqueCauses(await post([{ name: "a" }])), required("spec.containers[0].image"));
    },
  },
];
