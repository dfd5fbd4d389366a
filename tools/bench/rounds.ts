/** Rounds of measurements: every operator in each, and each of them first as often as any other. */

import type { Contender } from "./contender.ts";
import type { Result } from "./report.ts";

/** What the rounds need. */
export interface RoundsOptions<Figures> {
  readonly contenders: readonly Contender[];
  readonly runs: number;
  readonly measure: (contender: Contender) => Promise<Figures>;
  /** Hears what is being done. */
  readonly tell: (text: string) => void;
}

/** Measures all contenders `runs` times. The order rotates, since the server's caches get warmer all the time. */
export async function rounds<Figures>(
  { contenders, runs, measure, tell }: RoundsOptions<Figures>,
): Promise<readonly Result<Figures>[]> {
  const results = contenders.map(({ name }) => ({ name, runs: [] as Figures[] }));
  for (let round = 0; round < runs; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const turn = (i + round) % contenders.length;
      tell(`run ${round + 1} of ${runs}: ${contenders[turn]!.name}`);
      results[turn]!.runs.push(await measure(contenders[turn]!));
    }
  }
  return results;
}
