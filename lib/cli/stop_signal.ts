/** Ctrl+C, SIGTERM and the end of a terminal as an `AbortSignal`. */

/**
 * One Ctrl+C can arrive twice: the terminal sends it to all, and a task runner in between passes on what it got. What
 * comes within this time is the same request; milliseconds.
 */
const SAME_REQUEST_MS = 1_000;

/** Requests to stop, until it is disposed of. */
export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborts at the first request to stop; a second one, later, ends the process as it would without us.
 *
 * @param hangup whether a terminal that is closed is such a request; otherwise `nohup` decides
 */
export function onStopSignal({ hangup = false } = {}): StopSignal {
  const controller = new AbortController();
  const names: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", ...(hangup ? ["SIGHUP"] as const : [])];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    names.forEach((name) => Deno.removeSignalListener(name, stop));
  };
  const stop = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    timer = setTimeout(close, SAME_REQUEST_MS);
  };
  names.forEach((name) => Deno.addSignalListener(name, stop));
  return { signal: controller.signal, [Symbol.dispose]: close };
}
