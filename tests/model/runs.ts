/** Runs of the model: all sequences of a few things, or schedules drawn from seeds. */

import fc from "fast-check";
import type { Moment } from "./interjections.ts";
import { judge } from "./judge.ts";
import { ALPHABET, CHANGES, type Schedule, schedules, type Step, type Telling } from "./schedule.ts";

/** Every how many-th run, counted from which one: so that several processes share them. */
export interface Share {
  readonly of: number;
  readonly index: number;
}

const ALL: Share = { of: 1, index: 0 };

/** A populated world in which nothing is made good by evaluating it again: whatever is missed stays wrong. */
const UNFORGIVING: Omit<Schedule, "steps"> = { hasWatchLists: true, hasHeartbeat: false, isPopulated: true };

/**
 * Plays every sequence of `depth` things that may happen.
 *
 * @throws for the first in whose end not all is true, saying which
 */
export async function playSequences(depth: number, share: Share = ALL): Promise<void> {
  await playAll(ALPHABET.length ** depth, share, (number) =>
    Array.from({ length: depth }, (_, place) => ({
      action: ALPHABET[Math.floor(number / ALPHABET.length ** place) % ALPHABET.length]!,
      rests: true,
    })));
}

/**
 * Plays every change in the middle of what every other one leads to, at each moment of its first so many `calls`, and told
 * in each of these ways. If nothing goes wrong, a reconcile makes two calls at most.
 *
 * @throws for the first in whose end not all is true, saying which
 */
export async function playInterleavings(
  { calls, tellings }: { readonly calls: number; readonly tellings: readonly Telling[] },
  share: Share = ALL,
): Promise<void> {
  const moments: readonly Moment[] = Array.from({ length: calls }, (_, i) => i + 1).flatMap((call) => [
    { call, before: "request" },
    { call, before: "answer" },
  ]);
  const all = CHANGES.flatMap((action) =>
    CHANGES.flatMap((other) =>
      moments.flatMap((moment) =>
        tellings.map((telling): Step => ({
          action,
          rests: true,
          meanwhile: { action: other, moment, telling },
        }))
      )
    )
  );
  await playAll(all.length, share, (number) => [all[number]!]);
}

async function playAll(
  count: number,
  { of, index }: Share,
  stepsOf: (number: number) => readonly Step[],
): Promise<void> {
  for (let number = index; number < count; number += of) {
    const steps = stepsOf(number);
    try {
      await judge({ ...UNFORGIVING, steps }, number);
    } catch (error) {
      throw new Error(`After ${JSON.stringify(steps)}: ${(error as Error).message}`, { cause: error });
    }
  }
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
