/** Tries whether a collection can be watched from all that exists on, without reading any of it. */

import { linkedAbort } from "../../api/abort.ts";
import type { Clock } from "../../api/clock.ts";
import { ApiError, ConnectionError } from "../../api/errors.ts";
import type { CollectionOptions, ListWatch } from "../../api/ports.ts";
import type { WatchListTry } from "./facts.ts";

/** An object that is not there: 100,000 pods are no reason to wait, or to be sent any. */
const NAME = "kube-devops-check";
/** How long the end of nothing may take; milliseconds. */
const END_MS = 5_000;

/**
 * Opens the watch that the operator opens first, on an object that does not exist, and waits for the end of its first
 * part.
 */
export async function tryWatchList(
  open: (options: Pick<CollectionOptions, "name" | "onUnreadable">) => ListWatch<unknown>,
  clock: Clock,
  signal: AbortSignal,
): Promise<WatchListTry> {
  using life = linkedAbort(signal);
  let cancel = () => {};
  try {
    const options = { start: { from: "initial-events" }, timeoutSeconds: END_MS / 1000 } as const;
    const batches = await open({ name: NAME, onUnreadable() {} }).watch(options, life.signal);
    cancel = clock.after(END_MS, () => life.abort(new LateError()));
    for await (const batch of batches) {
      for (const event of batch) {
        if (event.type === "error") throw event.error;
        if (event.type === "bookmark" && event.initialEventsEnd) return { result: "supported" };
      }
    }
    return { result: "unsupported" };
  } catch (error) {
    if (error instanceof LateError) return { result: "unsupported" };
    if (error instanceof ApiError && (error.code === 400 || error.code === 422)) {
      return { result: "unsupported" };
    }
    if (error instanceof ApiError || error instanceof ConnectionError) return { result: "failed", error };
    throw error;
  } finally {
    cancel();
    life.abort();
  }
}

/** The first part of a watch did not come to its end. */
class LateError extends Error {
  override readonly name = "LateError";
}
