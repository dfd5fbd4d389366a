/** What uninstalling the definition would take along, and who stands in the way. */

import { type DevOpsPolicy, FINALIZER } from "../../api/devops_policy.ts";
import type { ObjectRef } from "../../api/object.ts";
import type { CustomResourceDefinition } from "../../kube/crd_client.ts";
import { parseStatus } from "../../policy/status.ts";

/** What is installed. */
export interface Installation {
  readonly crd: CustomResourceDefinition;
  readonly policies: readonly DevOpsPolicy[];
}

/** What would happen. */
export interface UninstallPlan {
  /** Whether the definition is being deleted already. */
  readonly isDeleting: boolean;
  readonly policies: number;
  /** How many namespaces they are in. */
  readonly namespaces: number;
  /** How many carry our finalizer. */
  readonly held: number;
  /** By the finalizers of others, the policies that carry them and stay until they are let go. */
  readonly foreign: ReadonlyMap<string, readonly ObjectRef[]>;
  /** The finalizers of others on the definition itself. */
  readonly keepers: readonly string[];
  /** The latest evaluation, if it is so fresh that an operator seems to be at work. */
  readonly atWork: { readonly policy: ObjectRef; readonly agoMs: number } | undefined;
}

/** Is on every definition that is being deleted, until its objects are gone. */
const SERVERS_OWN = "customresourcecleanup.apiextensions.k8s.io";
/** Twice the interval at which an operator evaluates a policy unless it is told otherwise; milliseconds. */
const FRESH_MS = 60_000;

/** The plan for what is installed; `now` in milliseconds since 1970. */
export function planUninstall({ crd, policies }: Installation, now: number): UninstallPlan {
  return {
    isDeleting: crd.metadata?.deletionTimestamp !== undefined,
    policies: policies.length,
    namespaces: new Set(policies.map(({ namespace }) => namespace)).size,
    held: policies.filter(isHeld).length,
    foreign: foreignFinalizers(policies),
    keepers: keepersOf(crd),
    atWork: latestEvaluation(policies, now),
  };
}

/** Whether our finalizer keeps the policy. */
export function isHeld({ metadata }: DevOpsPolicy): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false;
}

/** Who else keeps which of `policies`. */
export function foreignFinalizers(
  policies: readonly DevOpsPolicy[],
): ReadonlyMap<string, readonly ObjectRef[]> {
  const kept = new Map<string, ObjectRef[]>();
  for (const { namespace, name, metadata } of policies) {
    for (const finalizer of metadata.finalizers ?? []) {
      if (finalizer === FINALIZER) continue;
      const refs = kept.get(finalizer) ?? [];
      refs.push({ namespace, name });
      kept.set(finalizer, refs);
    }
  }
  return kept;
}

/** Who else keeps the definition. */
export function keepersOf({ metadata }: CustomResourceDefinition): readonly string[] {
  return (metadata?.finalizers ?? []).filter((finalizer) => finalizer !== SERVERS_OWN);
}

function latestEvaluation(policies: readonly DevOpsPolicy[], now: number): UninstallPlan["atWork"] {
  let latest: { policy: ObjectRef; agoMs: number } | undefined;
  for (const { namespace, name, status } of policies) {
    // One from the future is of now: the operator's clock need not be ours.
    const agoMs = Math.max(0, now - Date.parse(parseStatus(status).lastEvaluated ?? ""));
    if (agoMs <= FRESH_MS && (latest === undefined || agoMs < latest.agoMs)) {
      latest = { policy: { namespace, name }, agoMs };
    }
  }
  return latest;
}
