/** Tells on stderr how far something is that takes its time. */

import type { Clock } from "../api/clock.ts";
import { tell } from "./output.ts";

/** How to tell. */
export interface ProgressOptions {
  readonly clock: Clock;
  /** Whether each line may take the place of the last. */
  readonly isTerminal?: boolean;
  readonly tell?: (text: string, end: string) => void;
}

/** What is over sooner than this is not told of; milliseconds. */
const FIRST_MS = 1_000;
/** In a log, a line now and then will do; milliseconds. */
const LOG_MS = 10_000;
const CLEAR_LINE = "\r\x1b[2K";

/** Tells what `describe` says after a second, and from then on again and again, until it is disposed of. */
export function startProgress(
  describe: () => string,
  { clock, isTerminal = Deno.stderr.isTerminal(), tell: say = tell }: ProgressOptions,
): Disposable {
  let cancel = () => {};
  let isShown = false;
  const next = (ms: number) => {
    cancel = clock.after(ms, () => {
      if (isTerminal) say(`${CLEAR_LINE}${describe()}`, "");
      else say(describe(), "\n");
      isShown = true;
      next(isTerminal ? FIRST_MS : LOG_MS);
    });
  };
  next(FIRST_MS);
  return {
    [Symbol.dispose]() {
      cancel();
      if (isShown && isTerminal) say(CLEAR_LINE, "");
    },
  };
}
