/** Exit codes, and the error that carries one to the boundary together with its sentence. */

/** What the program's exit code tells a script. */
export const EXIT = {
  ok: 0,
  /** The answer to what was asked is no, or there was nowhere to write it. */
  no: 1,
  /** Wrong flags or arguments. */
  usage: 2,
  /** The cluster or the credentials. */
  cluster: 3,
  /** A bug of ours. */
  bug: 4,
} as const;

/** Ends the command. The message is what the person reads: one sentence, with the next step. */
export class ExitError extends Error {
  override readonly name = "ExitError";

  constructor(readonly exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
