/** The tellers: what networks and API servers do to the frames of a watch, each as a name. */

import type { Teller } from "./exchange.ts";
import { errorFrame, type Refusal } from "./faults.ts";

/** Breaks the connection in the middle of the next frame. */
export const truncated: Teller = async (frame, exchange) => {
  await exchange.write(frame.subarray(0, frame.length >> 1));
  exchange.cut();
};

/** Ends the stream as it should be, but in the middle of the next frame. */
export const endInFrame: Teller = async (frame, exchange) => {
  await exchange.write(frame.subarray(0, frame.length >> 1));
  exchange.end();
};

/** Breaks the connection where the next frame would come. */
export const resetBefore: Teller = (_frame, exchange) => exchange.reset();

/** Tells an error in place of the next frame, and ends the stream. */
export function errorBefore(refusal: Refusal): Teller {
  return async (_frame, exchange, form) => {
    await exchange.write(errorFrame(refusal, form));
    exchange.end();
  };
}

/** Says nothing more, for as long as the client waits. */
export const frozen: Teller = (_frame, exchange) => exchange.freeze();

/** Says nothing, and keeps the connection. */
export const silent: Teller = () => {};

/** Leaves out the frames that `which` picks, by their type. */
export function without(which: (type: string) => boolean): Teller {
  return (frame, exchange, form) => which(form.typeOf(frame)) ? undefined : exchange.write(frame);
}

/** Tells each frame twice, and behind each all that were told before it. */
export function repeating(): Teller {
  const told: Uint8Array[] = [];
  return async (frame, exchange) => {
    for (const again of [frame, frame, ...told]) await exchange.write(again);
    if (told.length < 20) told.push(frame);
  };
}

/** What is told late. */
export interface Held {
  readonly teller: Teller;
  /** How many frames are held. */
  readonly held: number;
  /** Whether all of them have been told. */
  readonly isOver: boolean;
}

/** Holds what is told of the object `name` until its deletion is, and then tells all of it: in its order or backwards. */
export function held(name: string, order: "forwards" | "backwards" = "forwards"): Held {
  const kept: Uint8Array[] = [];
  let isOver = false;
  return {
    get held() {
      return kept.length;
    },
    get isOver() {
      return isOver;
    },
    async teller(frame, exchange, form) {
      if (form.nameOf(frame) !== name) return await exchange.write(frame);
      kept.push(frame);
      if (form.typeOf(frame) !== "DELETED") return;
      const told = kept.splice(0);
      for (const one of order === "forwards" ? told : told.reverse()) await exchange.write(one);
      isOver = true;
    },
  };
}
