/** How long to wait before the next try: twice as long each time, up to a limit, never all at the same moment. */

/** The shape of a backoff, in milliseconds. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** How often to ask a server that does not answer: an outage of ten minutes is asked about twenty times, not more. */
export const OUTAGE_BACKOFF: Backoff = { baseMs: 1_000, maxMs: 45_000 };

/** The delay after the `failures`-th failure in a row (1 or more), without jitter. */
export function backoffMs(failures: number, { baseMs, maxMs }: Backoff): number {
  // Capped before it is raised: 2 ** 2000 is Infinity, and 0 * Infinity is not a delay.
  return Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
}

/** The delay with up to a quarter more, so that many clients do not return together. */
export function jittered(ms: number, random: () => number = Math.random): number {
  return ms * (1 + random() / 4);
}
