/** What is fuzzed: something that takes inputs of strangers, and what must hold whatever they are. */

import type { Choices } from "../support/chance.ts";

/** One such thing. */
export interface Target {
  readonly name: string;
  /** Makes an input, and judges what comes of it. Throws where that is not as it must be, saying for which input. */
  readonly attempt: (choices: Choices) => void | Promise<void>;
  /** How many times longer an attempt takes than others; 1 when left out. */
  readonly cost?: number;
}

/** An input for which something does not hold. */
export class Finding extends Error {
  override readonly name = "Finding";

  constructor(input: unknown, cause: unknown) {
    const shown = input instanceof Uint8Array ? `bytes ${input.toBase64()}` : JSON.stringify(input);
    super(`${shown}\n${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Does `judge` with an input. @throws {Finding} when it throws */
export async function judging<Input>(
  input: Input,
  judge: (input: Input) => void | Promise<void>,
): Promise<void> {
  try {
    await judge(input);
  } catch (error) {
    throw new Finding(input, error);
  }
}
