/** The budget for heartbeats: mere refreshes of `lastEvaluated` take turns, so that 10,000 policies stay a trickle. */

/** Refreshes a second, for all policies together. */
export const REFRESHES_PER_SECOND = 20;

/** Hands out turns in order, one every so many milliseconds; a policy that has one keeps it until it is used. */
export class RefreshBudget {
  readonly #spacingMs: number;
  /** The turns given and not yet used, by key; monotonic milliseconds. */
  readonly #turns = new Map<string, number>();
  #nextTurn = -Infinity;

  constructor(perSecond: number = REFRESHES_PER_SECOND) {
    this.#spacingMs = 1000 / perSecond;
  }

  /** How long `key` has to wait for its turn, in milliseconds; with 0 the turn has come, and is used. */
  waitMs(key: string, now: number): number {
    let turn = this.#turns.get(key);
    if (turn === undefined) {
      turn = Math.max(now, this.#nextTurn);
      this.#nextTurn = turn + this.#spacingMs;
    }
    if (turn > now) this.#turns.set(key, turn);
    else this.#turns.delete(key);
    return Math.max(0, turn - now);
  }

  /** Gives up a turn: the policy is gone, or was written for a better reason. */
  forget(key: string): void {
    this.#turns.delete(key);
  }
}
