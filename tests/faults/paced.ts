/** A watch that is told at a pace: what happens is held first, so that its pace does not hang on who makes it happen. */

import type { Teller } from "./exchange.ts";

/** How it went. */
export interface Told {
  readonly frames: number;
  /** From the first frame to the last; milliseconds. */
  readonly ms: number;
}

/** Holds all frames until it is released. */
export interface Paced {
  readonly teller: Teller;
  /** How many are held. */
  readonly held: number;
  /** Tells them as `tell` does, so many a second, and lets pass what comes later; resolves when all of them are told. */
  release(perSecond: number): Promise<Told>;
}

/** Of one watch, whose frames are told by `tell`. */
export function paced(tell: Teller = (frame, exchange) => exchange.write(frame)): Paced {
  const kept: (() => void | Promise<void>)[] = [];
  let isOpen = false;
  return {
    get held() {
      return kept.length;
    },
    teller(frame, exchange, form) {
      if (isOpen) return tell(frame, exchange, form);
      kept.push(() => tell(frame, exchange, form));
    },
    async release(perSecond) {
      const startedAt = performance.now();
      let frames = 0;
      for (let go = kept.shift(); go !== undefined; go = kept.shift()) {
        const dueAt = startedAt + frames++ * 1_000 / perSecond;
        const early = dueAt - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        await go();
      }
      isOpen = true;
      return { frames, ms: performance.now() - startedAt };
    },
  };
}
