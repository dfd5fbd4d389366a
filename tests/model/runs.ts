/** Runs of the model: all sequences of a few things, or schedules drawn from seeds. */

import fc from "fast-check";
import { judge } from "./judge.ts";
import { ALPHABET, schedules } from "./schedule.ts";

/** Every how many-th run, counted from which one: so that several processes share them. */
export interface Share {
  readonly of: number;
  readonly index: number;
}

const ALL: Share = { of: 1, index: 0 };

/**
 * Plays every sequence of `depth` things that may happen; gives how many there were.
 *
 * @throws for the first in whose end not all is true, saying which
 */
export async function playSequences(depth: number, { of, index }: Share = ALL): Promise<number> {
  const count = ALPHABET.length ** depth;
  for (let number = index; number < count; number += of) {
    const steps = Array.from({ length: depth }, (_, place) => ({
      ...ALPHABET[Math.floor(number / ALPHABET.length ** place) % ALPHABET.length]!,
      rests: true,
    }));
    try {
      await judge({ hasWatchLists: true, isPopulated: true, steps }, number);
    } catch (error) {
      throw new Error(`After ${JSON.stringify(steps)}: ${(error as Error).message}`, { cause: error });
    }
  }
  return count;
}

/**
 * Plays the schedules of seeds, `from` being the first.
 *
 * @throws for the first in whose end not all is true, saying which it is, and what is left of it when all is taken out that
 * does not matter
 */
export async function playSeeds(from: number, count: number, { of, index }: Share = ALL): Promise<void> {
  for (let seed = from + index; seed < from + count; seed += of) {
    const property = fc.asyncProperty(schedules, (schedule) => judge(schedule, seed));
    try {
      await fc.assert(property, { seed, numRuns: 1, unbiased: true });
    } catch (error) {
      throw new Error(`Seed ${seed}; to play it again: deno task model --seed ${seed}`, { cause: error });
    }
  }
}
