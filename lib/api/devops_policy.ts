/** The custom resource as the operator carries it around: an envelope whose spec is not trusted until parsed. */

import type { ObjectMeta, Versioned } from "./object.ts";

/** The names under which API servers know the resource. */
export const POLICY_RESOURCE = {
  group: "devops.stochastic.io",
  version: "v1",
  kind: "DevOpsPolicy",
  plural: "devopspolicies",
  singular: "devopspolicy",
  shortName: "dop",
  category: "devops",
} as const;

/** Keeps a policy until the operator has forgotten it. */
export const FINALIZER = "devops.stochastic.io/cleanup";

/** Under this name the API server books our writes in `managedFields`. */
export const FIELD_MANAGER = "kube-devops-operator";

/** The lease by which replicas of the operator know who leads, unless they are told another. */
export const LEASE_NAME = "kube-devops";

/** A policy as it was read. An older CRD may have let anything into `spec` and `status`. */
export interface DevOpsPolicy<Status = unknown> extends Versioned {
  readonly metadata: ObjectMeta;
  readonly spec: unknown;
  readonly status: Status | undefined;
}
