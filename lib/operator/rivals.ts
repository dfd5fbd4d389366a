/** Rivals: whoever writes over a policy's status is answered, the first time at once, then ever more slowly. */

import type { Clock } from "../api/clock.ts";
import type { Logger } from "../api/logger.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import { backoffMs } from "../runtime/backoff.ts";

/** How a policy's status is fought for. */
interface Fight {
  /** How many answers in a row were written over. */
  count: number;
  /** When the last of them was planned, and for when; monotonic milliseconds. */
  plannedAt: number;
  answerAt: number;
}

/** The waits for the second answer in a row and those behind it: no longer than for a heartbeat, which would answer, too. */
const ANSWER = { baseMs: 200, maxMs: 30_000 };
/** A rival of whom nothing was heard for this long, twice the longest wait, is none any more; milliseconds. */
const PEACE_MS = 60_000;
/** So many answers in a row are no accident. */
const TOLD_AT = 5;

/** Paces the answers to those who write over what we wrote. */
export class Rivals {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #log: Pick<Logger, "warn">;
  /** By policy, in the order in which their last answers were planned. */
  readonly #fights = new Map<string, Fight>();

  constructor(
    { clock, log }: { readonly clock: Pick<Clock, "monotonic">; readonly log: Pick<Logger, "warn"> },
  ) {
    this.#clock = clock;
    this.#log = log;
  }

  /** How long to wait before the policy, whose status somebody has just written over, is looked at; milliseconds. */
  delayMs(policy: ObjectRef): number {
    const [key, now] = [refKey(policy), this.#clock.monotonic()];
    this.#forget(now);
    const fight = this.#fights.get(key) ?? { count: 0, plannedAt: now, answerAt: -Infinity };
    // What is written over again before it was answered takes no further answer.
    if (now < fight.answerAt) return fight.answerAt - now;
    const waitMs = fight.count === 0 ? 0 : backoffMs(fight.count, ANSWER);
    fight.count++;
    fight.plannedAt = now;
    fight.answerAt = now + waitMs;
    this.#fights.delete(key);
    this.#fights.set(key, fight);
    if (fight.count === TOLD_AT) {
      this.#log.warn("somebody else keeps writing the status of a policy, answering ever more slowly", {
        policy: key,
      });
    }
    return waitMs;
  }

  #forget(now: number): void {
    for (const [key, { plannedAt }] of this.#fights) {
      if (now - plannedAt <= PEACE_MS) return;
      this.#fights.delete(key);
    }
  }
}
