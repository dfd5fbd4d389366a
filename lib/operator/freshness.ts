/** How old what is known may be before whoever knows it is not ready any more. */

/** What was not heard of for longer than this is not up to date; milliseconds. */
export const FRESH_MS = 120_000;

/** What to wait for, with how long ago it was last heard of if that is too long; undefined when it is fresh. */
export function staleness(what: string, ageMs: number): string | undefined {
  return ageMs > FRESH_MS ? `${what}, last heard of ${Math.floor(ageMs / 1000)} s ago,` : undefined;
}
