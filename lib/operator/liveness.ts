/** Whether the operator's own loop is stuck: what only a restart can help. */

import { linkedAbort } from "../api/abort.ts";
import type { Clock } from "../api/clock.ts";
import { ConnectionError } from "../api/errors.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import type { QueueState } from "../runtime/work_queue.ts";

/** How long a reconcile may take, whatever an API server does; milliseconds. */
const RECONCILE_MS = 4 * 60_000;
/** A reconcile that did not end when it was told to, or a policy that no idle worker takes, is stuck; milliseconds. */
const STUCK_MS = 5 * 60_000;

/**
 * Runs `work` with a signal that aborts with `signal`, and when the time for one reconcile is over.
 *
 * @throws {ConnectionError} `timeout`, from whatever `work` waited for then
 */
export async function withinReconcileTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  using bounded = linkedAbort(signal);
  const message = `The API server kept a reconcile waiting for ${RECONCILE_MS / 60_000} minutes.`;
  const cancel = clock.after(RECONCILE_MS, () => bounded.abort(new ConnectionError("timeout", message)));
  try {
    return await work(bounded.signal);
  } finally {
    cancel();
  }
}

/** What is stuck, in one sentence; undefined when all goes on. A slow or unreachable API server is no such thing. */
export function findStuck(
  { longestRunning, oldestMs, hasIdleWorker }: QueueState<ObjectRef>,
): string | undefined {
  if (longestRunning !== undefined && longestRunning.ms > STUCK_MS) {
    return `the reconcile of ${refKey(longestRunning.item)} has been under way for ${
      seconds(longestRunning.ms)
    }`;
  }
  // With all workers at work, a long queue is nothing but a long queue.
  if (hasIdleWorker && oldestMs > STUCK_MS) {
    return `a policy has been due for ${seconds(oldestMs)}, and an idle worker does not take it`;
  }
  return undefined;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
