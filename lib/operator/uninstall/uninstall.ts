/** Takes the definition and all policies out of a cluster, so that nothing hangs: with an operator at work, or without. */

import { type Clock, sleep } from "../../api/clock.ts";
import { type DevOpsPolicy, FINALIZER } from "../../api/devops_policy.ts";
import { isConflict, isNotFound } from "../../api/errors.ts";
import type { Cluster } from "../../api/ports.ts";
import type { CrdClient } from "../../kube/crd_client.ts";
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
  readonly clock: Clock;
  /** Hears how far it is, in a few words. */
  readonly onProgress: (words: string) => void;
}

/** Patches under way at once. */
const MAX_PATCHES = 16;
const POLL_MS = 250;
/** How long the server may take between two signs of progress; it looks every five seconds. Milliseconds. */
const SERVER_PATIENCE_MS = 60_000;
/** How long others may take to let go, once nothing else is left to be done; milliseconds. */
const OTHERS_PATIENCE_MS = 10_000;

/** The definition and all policies; undefined when there is no definition. */
export async function readInstallation(
  { crds, cluster, clock }: Omit<UninstallOptions, "onProgress">,
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
 * Lets the policies go, deletes the definition, and lets go of what is being deleted until all is gone. What is left when
 * nothing moves any more is the result; undefined when nothing is left.
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
  await release(isOperatorAtWork ? policies.filter(isDeleting) : policies, options, signal);
  onProgress("deleting the CRD");
  await crds.delete(CRD_NAME, { uid }, signal);
  let fewest = Infinity;
  let progressAt = clock.monotonic();
  for (;;) {
    const left = await readInstallation(options, signal);
    // Another one in its place is somebody else's doing.
    if (left === undefined || left.crd.metadata?.uid !== uid) return undefined;
    if (left.policies.length < fewest) {
      fewest = left.policies.length;
      progressAt = clock.monotonic();
    }
    const patienceMs = isUpToOthers(left) ? OTHERS_PATIENCE_MS : SERVER_PATIENCE_MS;
    if (clock.monotonic() - progressAt >= patienceMs) return left;
    await release(left.policies.filter(isDeleting), options, signal);
    onProgress(`waiting for ${left.policies.length} policies and the CRD to go`);
    await sleep(clock, POLL_MS, signal);
  }
}

/** Whether all that is left is kept by others alone. */
function isUpToOthers({ crd, policies }: Installation): boolean {
  return policies.length + keepersOf(crd).length > 0 &&
    policies.every((policy) => isDeleting(policy) && !isHeld(policy));
}

function isDeleting({ metadata }: DevOpsPolicy): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Takes our finalizer off each policy that carries it, and nobody else's. */
async function release(
  policies: readonly DevOpsPolicy[],
  { cluster: { client }, onProgress }: UninstallOptions,
  signal: AbortSignal,
): Promise<void> {
  const held = policies.filter(isHeld);
  let released = 0;
  await mapBounded(held, MAX_PATCHES, async (policy) => {
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
    onProgress(`${++released} of ${held.length} finalizers removed`);
  });
}
