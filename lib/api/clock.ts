/** Time as an argument: what needs to know or to wait for it gets a `Clock`, so that tests own it. */

/** A source of time. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970: for what is written down. It may jump. */
  now(): number;
  /** Milliseconds since some moment, never going back: for everything that waits. */
  monotonic(): number;
  /** Calls `callback` once after `ms` milliseconds; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const cancel = clock.after(ms, finish);
    signal.addEventListener("abort", finish);
  });
}

/** A point in time as Kubernetes writes it: UTC, whole seconds, `2026-02-22T10:00:00Z`. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
