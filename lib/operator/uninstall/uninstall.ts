/** Takes the definition and all policies out of a cluster, so that nothing hangs: with an operator at work, or without. */

import { type Clock, sleep } from "../../api/clock.ts";
import { type DevOpsPolicy, FINALIZER } from "../../api/devops_policy.ts";
import { isConflict, isNotFound } from "../../api/errors.ts";
import type { Cluster } from "../../api/ports.ts";
import { Stretch } from "../../api/stretch.ts";
import type { CrdClient } from "../../kube/crd_client.ts";
import type { DeletePolicy } from "../../kube/policy_deletion.ts";
import { withRetry } from "../../kube/retry.ts";
import { CRD_NAME } from "../../policy/crd.ts";
import { mapBounded } from "../../runtime/bounded.ts";
import { removeFinalizer } from "../../runtime/finalizer.ts";
import { writeGuarded } from "../../runtime/guarded_write.ts";
import { listPages } from "../../runtime/list_pages.ts";
import { type Installation, isHeld, keepersOf } from "./plan.ts";

/** What it takes to uninstall. */
export interface UninstallOptions {
  readonly crds: Pick<CrdClient, "get" | "delete">;
  readonly cluster: Pick<Cluster, "policies" | "client">;
  readonly deletePolicy: DeletePolicy;
  readonly clock: Clock;
  /** Hears how far it is, in a few words. */
  readonly onProgress: (words: string) => void;
}

/** Writes under way at once. */
const MAX_WRITES = 16;
const POLL_MS = 250;
/** How long the server may take between two signs of progress; it looks every five seconds. Milliseconds. */
const SERVER_PATIENCE_MS = 60_000;
/** How long others may take to let go, once nothing else is left to be done; milliseconds. */
const OTHERS_PATIENCE_MS = 10_000;

/** The definition and all policies; undefined when there is no definition. */
export async function readInstallation(
  { crds, cluster, clock }: Pick<UninstallOptions, "crds" | "cluster" | "clock">,
  signal: AbortSignal,
): Promise<Installation | undefined> {
  const crd = await crds.get(CRD_NAME, signal);
  if (crd === undefined) return undefined;
  const policies: DevOpsPolicy[] = [];
  const source = cluster.policies({ namespace: undefined, onUnreadable() {} });
  const read = () =>
    listPages(source, {
      newest: "",
      rewound: false,
      stretch: new Stretch(clock),
      sink(event) {
        if (event.type === "init") policies.length = 0;
        if (event.type === "initApply") policies.push(event.object);
      },
    }, signal);
  try {
    await withRetry(read, { clock }, signal);
  } catch (error) {
    // A definition that was never served, or is no longer, has no policies.
    if (!isNotFound(error)) throw error;
  }
  return { crd, policies };
}

/**
 * Lets the policies go, deletes the definition, and then the policies until all is gone. What is left when nothing moves
 * any more is the result; undefined when nothing is left.
 *
 * @param isOperatorAtWork then there is no use in letting go of a policy that is not being deleted: it is held again
 */
export async function uninstall(
  { crd, policies }: Installation,
  isOperatorAtWork: boolean,
  options: UninstallOptions,
  signal: AbortSignal,
): Promise<Installation | undefined> {
  const { crds, clock, onProgress } = options;
  const uid = crd.metadata?.uid ?? "";
  // While nothing is lost yet: who may not do this must not get as far as deleting.
  const held = policies.filter((policy) => isHeld(policy) && (isDeleting(policy) || !isOperatorAtWork));
  await each(held, "finalizers removed", (policy) => release(policy, options, signal), options);
  onProgress("deleting the CRD");
  await crds.delete(CRD_NAME, { uid }, signal);
  let fewest = Infinity;
  let progressAt = clock.monotonic();
  for (;;) {
    const startedAt = clock.monotonic();
    const left = await readInstallation(options, signal);
    const tookMs = clock.monotonic() - startedAt;
    // Another one in its place is somebody else's doing.
    if (left === undefined || left.crd.metadata?.uid !== uid) return undefined;
    const steps = stepsLeft(left);
    if (steps < fewest) {
      fewest = steps;
      progressAt = clock.monotonic();
    }
    const patienceMs = isUpToOthers(left) ? OTHERS_PATIENCE_MS : SERVER_PATIENCE_MS;
    if (clock.monotonic() - progressAt >= patienceMs) return left;
    const present = left.policies.filter((policy) => isHeld(policy) || !isDeleting(policy));
    await each(present, "policies deleted or let go", (policy) => remove(policy, options, signal), options);
    const count = left.policies.length;
    onProgress(`waiting for ${count === 0 ? "" : `${count} of the policies and `}the CRD to go`);
    // A server that is slow to tell has enough to do.
    await sleep(clock, Math.max(POLL_MS, tookMs), signal);
  }
}

/** How much there is to do: each policy is to be deleted, let go, and gone. What an operator does never makes it more. */
function stepsLeft({ policies }: Installation): number {
  return policies.reduce((sum, policy) => sum + (!isDeleting(policy) ? 3 : isHeld(policy) ? 2 : 1), 0);
}

/** Whether all that is left is kept by others alone. */
function isUpToOthers({ crd, policies }: Installation): boolean {
  return policies.length + keepersOf(crd).length > 0 &&
    policies.every((policy) => isDeleting(policy) && !isHeld(policy));
}

function isDeleting({ metadata }: DevOpsPolicy): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Does `work` with many policies at once, and tells how far it is. */
async function each(
  policies: readonly DevOpsPolicy[],
  what: string,
  work: (policy: DevOpsPolicy) => Promise<void>,
  { onProgress }: UninstallOptions,
): Promise<void> {
  let done = 0;
  await mapBounded(policies, MAX_WRITES, async (policy) => {
    await work(policy);
    onProgress(`${++done} of ${policies.length} ${what}`);
  });
}

/**
 * Deletes a policy, which the server would do as well, but one after the other; or lets go of one that is being deleted,
 * which an operator at work had its chance to do since the last round.
 */
function remove(policy: DevOpsPolicy, options: UninstallOptions, signal: AbortSignal): Promise<void> {
  return isDeleting(policy) ? release(policy, options, signal) : options.deletePolicy(policy, signal);
}

/** Takes our finalizer off a policy, and nobody else's. */
async function release(
  policy: DevOpsPolicy,
  { cluster: { client } }: UninstallOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    await writeGuarded(policy, {
      reread: () => client.get(policy, signal),
      write: (current) =>
        isHeld(current)
          ? client.patch(current, removeFinalizer(current.metadata, FINALIZER), signal)
          : Promise.resolve(undefined),
    });
  } catch (error) {
    // Somebody else is at it, too: the next round will find what has become of it.
    if (!isConflict(error)) throw error;
  }
}
