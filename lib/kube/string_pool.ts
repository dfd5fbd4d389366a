/** Keeps one copy of each repeated string: 100,000 pods of one image hold its name once. */

import { toText } from "./utf8.ts";

/** More different strings than repeat in the largest cluster: its namespaces, images and containers. */
const SLOTS = 1 << 16;
/** So many slots may hold a string; of one that finds them all taken, another makes room. */
const WAYS = 4;
/** Longer strings than this are nobody's image, and would be kept alive for long; UTF-16 units. */
const MAX_LENGTH = 512;

/**
 * Finds the copies of strings that came before.
 *
 * Of fixed size, and each look-up takes a few comparisons whatever strings there are: a pool that grows, or one that
 * clever names can slow down, would be worth less than the memory that it saves.
 */
export class StringPool {
  readonly #slots: string[] = new Array(SLOTS).fill("");
  #turn = 0;

  /** The first copy of `text`, or itself. */
  share(text: string): string {
    if (text.length > MAX_LENGTH) return text;
    let hash = 0;
    for (let i = 0; i < text.length; i++) hash = step(hash, text.charCodeAt(i));
    const first = slotOf(hash);
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#slots[slot] === text) return this.#slots[slot]!;
    }
    return this.#keep(text, first);
  }

  /** The same for UTF-8 in `bytes`, of which a string is made only when there is none yet. */
  read(bytes: Uint8Array, from: number, to: number): string {
    if (to - from > MAX_LENGTH) return toText(bytes, from, to);
    let hash = 0;
    for (let i = from; i < to; i++) {
      // Beyond ASCII, bytes and characters are no longer the same.
      if (bytes[i]! > 0x7f) return this.share(toText(bytes, from, to));
      hash = step(hash, bytes[i]!);
    }
    const first = slotOf(hash);
    for (let slot = first; slot < first + WAYS; slot++) {
      if (isText(this.#slots[slot]!, bytes, from, to)) return this.#slots[slot]!;
    }
    return this.#keep(toText(bytes, from, to), first);
  }

  #keep(text: string, first: number): string {
    let slot = first;
    while (slot < first + WAYS && this.#slots[slot] !== "") slot++;
    if (slot === first + WAYS) slot = first + this.#turn++ % WAYS;
    this.#slots[slot] = text;
    return text;
  }
}

function step(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

function slotOf(hash: number): number {
  return ((hash ^ hash >>> 16) & (SLOTS / WAYS - 1)) * WAYS;
}

function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
