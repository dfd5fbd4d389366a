/** Runs the fuzzing: so many attempts of each target, each of a seed of its own. */

import { Choices } from "../support/chance.ts";
import { DECODERS } from "./decoders.ts";
import { ANSWERS } from "./http.ts";
import type { Target } from "./target.ts";
import { WORDS } from "./words.ts";

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [ANSWERS, ...DECODERS, ...WORDS];

/** What bounds a run. */
export interface Bounds {
  /** The seed of the first attempt; each further one has the next. */
  readonly from: number;
  readonly count: number;
  /** Milliseconds. */
  readonly within: number;
}

/**
 * Attempts a target until a bound is met; gives how many attempts there were.
 *
 * @throws for the first attempt that finds something, saying its seed
 */
export async function fuzz(
  { name, attempt, cost = 1 }: Target,
  { from, count, within }: Bounds,
): Promise<number> {
  const end = performance.now() + within;
  const attempts = Math.max(1, Math.floor(count / cost));
  for (let made = 0; made < attempts; made++) {
    if (performance.now() > end) return made;
    try {
      await attempt(new Choices(from + made));
    } catch (error) {
      const again = `deno task fuzz --target '${name}' --seed ${from + made} --count ${cost}`;
      throw new Error(`The ${name}, seed ${from + made} (again: ${again}): ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return attempts;
}
