/** Leases: what leader election relies on. */

import assert from "node:assert/strict";
import { assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import type { ContractServer } from "./server.ts";
import { call, newTeam } from "./team.ts";

const TYPE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
const SPEC = {
  holderIdentity: "one",
  leaseDurationSeconds: 15,
  acquireTime: "2026-02-22T10:00:00.000000Z",
  renewTime: "2026-02-22T10:00:00.123456Z",
  leaseTransitions: 0,
};

async function newLease(server: ContractServer) {
  const { namespace } = await newTeam(server);
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const created = await call(server, "POST", leases, { ...TYPE, metadata: { name: "a" }, spec: SPEC });
  return { path: `${leases}/a`, created };
}

export const LEASES: readonly Row[] = [
  {
    name: "a lease keeps its holder and its times to the microsecond",
    async run(server) {
      const { path, created } = await newLease(server);
      assert.deepEqual(created["spec"], SPEC);
      assert.deepEqual(await call(server, "GET", path), created);
    },
  },
  {
    name: "a lease is renewed by an update that says which version it renews",
    async run(server) {
      const { path, created } = await newLease(server);
      const renew = (metadata: object, code: number) =>
        call(server, "PUT", path, {
          ...TYPE,
          metadata: { name: "a", ...metadata },
          spec: { ...SPEC, renewTime: "2026-02-22T10:00:02.000000Z" },
        }, { code });
      const { resourceVersion } = created.metadata;
      const { spec } = await renew({ resourceVersion }, 200);
      assert.deepEqual(spec, { ...SPEC, renewTime: "2026-02-22T10:00:02.000000Z" });
      assertRefusal(await renew({ resourceVersion }, 409), { code: 409, reason: "Conflict" });
      assert.deepEqual(uniqueCauses(await renew({}, 422)), [{
        reason: "FieldValueInvalid",
        message: "Invalid value: 0: must be specified for an update",
        field: "metadata.resourceVersion",
      }]);
    },
  },
  {
    name: "of two who take over the same lease exactly one succeeds",
    async run(server) {
      const { path, created } = await newLease(server);
      const { resourceVersion } = created.metadata;
      const codes = await Promise.all(["two", "three"].map(async (holderIdentity) => {
        const change = { metadata: { resourceVersion }, spec: { holderIdentity } };
        const response = await server.request("PATCH", path, change);
        await response.body?.cancel();
        return response.status;
      }));
      assert.deepEqual(codes.sort(), [200, 409]);
    },
  },
  {
    name: "a lease of no duration is refused",
    async run(server) {
      const { path } = await newLease(server);
      const change = { spec: { leaseDurationSeconds: 0 } };
      const answer = await call(server, "PATCH", path, change, { code: 422 });
      assert.deepEqual(uniqueCauses(answer), [{
        reason: "FieldValueInvalid",
        message: "Invalid value: 0: must be greater than 0",
        field: "spec.leaseDurationSeconds",
      }]);
    },
  },
  {
    name: "times of fewer than six decimals are refused",
    async run(server) {
      const { path } = await newLease(server);
      for (const renewTime of ["2026-02-22T10:00:00Z", "2026-02-22T10:00:00.123Z"]) {
        const answer = await call(server, "PATCH", path, { spec: { renewTime } }, { code: 422 });
        assertRefusal(answer, { code: 422, reason: "Invalid", message: /parsing time/ });
      }
    },
  },
];
