/** Cuts a body into lines of JSON, in the one buffer through which it is read. */

import { type Body, BodyBuffer } from "./body_buffer.ts";
import { toText } from "./utf8.ts";

const NEWLINE = 0x0a;

/**
 * The complete lines among what arrived together, in batches. What follows the last newline is dropped: a stream may end
 * cleanly in the middle of a line.
 *
 * @throws {ConnectionError} for a line longer than an object can be
 */
export async function* jsonLines(body: Body): AsyncGenerator<readonly string[]> {
  await using buffer = new BodyBuffer(body);
  /** How much of what is there holds no newline. */
  let searched = 0;
  while (await buffer.fill(searched + 1)) {
    const lines: string[] = [];
    for (let length = lineLength(buffer, searched); length >= 0; length = lineLength(buffer, 0)) {
      lines.push(toText(buffer.bytes, buffer.start, buffer.start + length));
      buffer.take(length + 1);
    }
    searched = buffer.length;
    if (lines.length > 0) yield lines;
  }
}

/** How long the first line is; negative when its end has not come yet. */
function lineLength({ bytes, start, end }: BodyBuffer, searched: number): number {
  return bytes.subarray(start, end).indexOf(NEWLINE, searched);
}
