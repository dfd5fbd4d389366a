/** Leases: who leads, and until when. */

import { AGE_COLUMN, NAME_COLUMN } from "./columns.ts";
import { field, text } from "./json.ts";
import { BUILT_IN, type ResourceType } from "./resource_type.ts";
import { objectSchema } from "./schema.ts";
import { invalidValue } from "./validation.ts";

const MICRO_TIME = { type: "string", format: "micro-time" };

/** The resource. */
export const LEASES: ResourceType = {
  ...BUILT_IN,
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  listKind: "LeaseList",
  plural: "leases",
  singular: "lease",
  createsOnUpdate: true,
  updatesUnconditionally: false,
  schema: objectSchema({
    description: "Lease defines a lease concept.",
    properties: {
      spec: {
        type: "object",
        properties: {
          acquireTime: MICRO_TIME,
          holderIdentity: { type: "string" },
          leaseDurationSeconds: { type: "integer", format: "int32" },
          leaseTransitions: { type: "integer", format: "int32" },
          preferredHolder: { type: "string" },
          renewTime: MICRO_TIME,
          strategy: { type: "string" },
        },
      },
    },
  }),
  columns: [
    NAME_COLUMN,
    {
      name: "Holder",
      type: "string",
      description: "Who holds the lease.",
      cell: (lease) => text(lease, "spec", "holderIdentity"),
    },
    AGE_COLUMN,
  ],
  check: (lease) => {
    const seconds = field(lease, "spec", "leaseDurationSeconds");
    return typeof seconds === "number" && seconds <= 0
      ? [invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0")]
      : [];
  },
};
