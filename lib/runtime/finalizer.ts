/** Finalizers: what an object's metadata asks of their owner, and the patches that touch only the owner's. */

import type { ObjectMeta } from "../api/object.ts";
import type { JsonPatchOperation } from "../api/ports.ts";

/** What to do with an object, by its metadata alone. */
export type FinalizerStep =
  /** It is alive and not yet held: put the finalizer on. */
  | "add"
  /** It is alive and held. */
  | "apply"
  /** Somebody deleted it and we still hold it: clean up, then let go. */
  | "cleanup"
  /** Somebody deleted it and others hold it: it is no longer ours. */
  | "released";

/** Decides the step; adding a finalizer to an object that is being deleted would be refused. */
export function finalizerStep(metadata: ObjectMeta, finalizer: string): FinalizerStep {
  const held = metadata.finalizers?.includes(finalizer) ?? false;
  if (metadata.deletionTimestamp !== undefined) return held ? "cleanup" : "released";
  return held ? "apply" : "add";
}

/**
 * Puts `finalizer` behind those that are there. Fails if they, or the object itself, are others than in `metadata`, or if
 * it is being deleted, which the server would refuse as invalid instead of as a conflict.
 */
export function addFinalizer(metadata: ObjectMeta, finalizer: string): JsonPatchOperation[] {
  const present = metadata.finalizers ?? [];
  return [
    { op: "test", path: "/metadata/uid", value: metadata.uid },
    { op: "test", path: "/metadata/deletionTimestamp", value: null },
    // An absent list compares equal to null, and only a list that exists has an end to add to.
    { op: "test", path: "/metadata/finalizers", value: present.length === 0 ? null : present },
    present.length === 0
      ? { op: "add", path: "/metadata/finalizers", value: [finalizer] }
      : { op: "add", path: "/metadata/finalizers/-", value: finalizer },
  ];
}

/** Takes `finalizer` out from where it stands in `metadata`, and nothing else. */
export function removeFinalizer(metadata: ObjectMeta, finalizer: string): JsonPatchOperation[] {
  const path = `/metadata/finalizers/${metadata.finalizers?.indexOf(finalizer) ?? -1}`;
  return [
    { op: "test", path: "/metadata/uid", value: metadata.uid },
    { op: "test", path, value: finalizer },
    { op: "remove", path },
  ];
}
