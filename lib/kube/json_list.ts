/** Takes a list in JSON apart while it comes: a page would be one long text, and one long stretch of work. */

import { type Body, BodyBuffer } from "./body_buffer.ts";
import { toText } from "./utf8.ts";

/**
 * Calls `readItem` with the text of each item; the answer is the text of the list without them.
 *
 * What is no JSON comes out as no JSON: the texts are for `JSON.parse` to judge.
 */
export async function readJsonList(
  body: Body,
  readItem: (text: string) => void,
): Promise<string> {
  await using buffer = new BodyBuffer(body);
  const scanner = new ItemScanner();
  let list = "";
  for (let scanned = 0; await buffer.fill(scanned + 1);) {
    let at = scanner.next(buffer.bytes, buffer.start + scanned, buffer.end);
    for (; at < buffer.end; at = scanner.next(buffer.bytes, buffer.start, buffer.end)) {
      const text = toText(buffer.bytes, buffer.start, at);
      const mark = String.fromCharCode(buffer.bytes[at]!);
      if (mark === "[") list += text + mark;
      else {
        if (text.trim() !== "") readItem(text);
        if (mark === "]") list += mark;
      }
      buffer.take(at + 1 - buffer.start);
    }
    scanned = buffer.length;
  }
  return list + toText(buffer.bytes, buffer.start, buffer.end);
}

const QUOTE = 0x22, COMMA = 0x2c, BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b, CLOSE_BRACKET = 0x5d, OPEN_BRACE = 0x7b, CLOSE_BRACE = 0x7d;
const ITEMS = new TextEncoder().encode('"items"');

/** Finds the marks of the items in a list, wherever its text is cut. */
class ItemScanner {
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** Whether what is two levels deep are the items. */
  #inItems = false;
  /** How much of `"items"` the last text one level deep is so far; negative when it is another. */
  #matched = -1;

  /** Reads from `from` on. The answer is where the items begin, where one of them ends, or `to`. */
  next(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      if (this.#inString) {
        at = this.#skipText(bytes, at, to);
        continue;
      }
      switch (bytes[at]) {
        case QUOTE:
          this.#inString = true;
          this.#matched = 1;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (++this.#depth !== 2) break;
          this.#inItems = bytes[at] === OPEN_BRACKET && this.#matched === ITEMS.length;
          if (this.#inItems) return at;
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (--this.#depth !== 1 || !this.#inItems) break;
          this.#inItems = false;
          return at;
        case COMMA:
          if (this.#depth === 2 && this.#inItems) return at;
          break;
      }
    }
    return to;
  }

  /** Reads the rest of a text; the answer is where it ends. */
  #skipText(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      this.#matched = byte === ITEMS[this.#matched] ? this.#matched + 1 : -1;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return at;
      } else if (this.#depth > 1) at = plainEnd(bytes, at, to);
    }
    return to;
  }
}

/** The last byte from `at` on before one that could end a text or escape its end. */
function plainEnd(bytes: Uint8Array, at: number, to: number): number {
  while (at + 1 < to && bytes[at + 1] !== QUOTE && bytes[at + 1] !== BACKSLASH) at++;
  return at;
}
