/** One row of the campaign: a sentence, a world to begin with, and what happens in it. */

import type { Beginning, World } from "./world.ts";

/** A row; what holds for all of them is judged after it, by `judge`. */
export interface Row extends Beginning {
  /** What the operator does, whatever is done to it. */
  readonly name: string;
  readonly run: (world: World) => Promise<void>;
  /** Whether it takes long, so that only the nightly run has it. */
  readonly isNightly?: boolean;
  /** Whether the operator has ended by the end of the row, which then says what must be true of the policies. */
  readonly endsOperator?: boolean;
}
