/** What the operator may ask an API server for: the one table from which roles, `check` and the docs derive. */

import { LEASE_NAME, POLICY_RESOURCE } from "../api/devops_policy.ts";

/** One right, as RBAC counts them. */
export interface Permission {
  readonly verb: "get" | "list" | "watch" | "patch" | "create" | "update";
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The plural, with a subresource after a slash. */
  readonly resource: string;
  /** The one object that it is about; all when left out. */
  readonly name?: string;
  /** What it is needed for, in words that fit after "to". */
  readonly why: string;
  /** Whether the operator does all else without it. */
  readonly isDispensable?: boolean;
}

const POLICIES = { group: POLICY_RESOURCE.group, resource: POLICY_RESOURCE.plural };

const EVENTS = { group: "events.k8s.io", resource: "events", isDispensable: true };

/** All that `reconcile` needs, in every namespace that it watches, and not a right more. */
export const PERMISSIONS: readonly Permission[] = [
  { verb: "list", group: "", resource: "pods", why: "read the pods of a server that does not stream them" },
  { verb: "watch", group: "", resource: "pods", why: "read the pods, and see them change" },
  { verb: "list", ...POLICIES, why: "read the policies of a server that does not stream them" },
  { verb: "watch", ...POLICIES, why: "read the policies, and see them change" },
  { verb: "get", ...POLICIES, why: "read a policy again after a lost race" },
  { verb: "patch", ...POLICIES, why: "add and remove its own finalizer" },
  { verb: "patch", ...POLICIES, resource: `${POLICY_RESOURCE.plural}/status`, why: "write what it found" },
  {
    verb: "create",
    ...EVENTS,
    why: "tell the users of a policy when its class changes, or it cannot be evaluated",
  },
  { verb: "patch", ...EVENTS, why: "count what happens again, instead of telling it again" },
];

/** The role of the rights on it. */
export const ELECTION_ROLE = "kube-devops-leader-election";

/** What leader election needs beside that, in the namespace of the lease alone. A right to create cannot be to one name. */
export function electionPermissions(name: string = LEASE_NAME): readonly Permission[] {
  const lease = { group: "coordination.k8s.io", resource: "leases" };
  return [
    { verb: "create", ...lease, why: "claim the lease for the first time" },
    { verb: "get", ...lease, name, why: "see who leads" },
    { verb: "patch", ...lease, name, why: "take the lease over, renew it, and give it back" },
  ];
}
