/** Aborts that follow others, and are sure to arrive. */

/** A controller that aborts when a parent does; disposing of it lets go of the parents. */
export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/**
 * A controller of one's own that also aborts, with the same reason, when one of `parents` does.
 *
 * In place of `AbortSignal.any` and of signals handed to `fetch`: the runtime ties those to their source by weak
 * references, and after a garbage collection the abort of a long-lived one never arrives.
 */
export function linkedAbort(...parents: readonly AbortSignal[]): LinkedAbort {
  const controller = new AbortController();
  const follow = ({ target }: Pick<Event, "target">) => controller.abort((target as AbortSignal).reason);
  for (const parent of parents) {
    if (parent.aborted) follow({ target: parent });
    else parent.addEventListener("abort", follow);
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]() {
      for (const parent of parents) parent.removeEventListener("abort", follow);
    },
  };
}

/**
 * What `promise` brings, for whoever gives up waiting when `signal` aborts; what is waited for goes on.
 *
 * @throws the signal's reason, or what `promise` throws
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const follow = () => aborted.reject(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", follow);
  }
}
