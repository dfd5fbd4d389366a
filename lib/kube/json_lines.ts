/** Cuts a stream of bytes into lines, without ever copying a long one twice. */

import { ConnectionError } from "../api/errors.ts";

/** Longer than any object an API server stores, managed fields and all; bytes. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The complete lines of each chunk, in batches. What follows the last newline is dropped: a stream may end cleanly in
 * the middle of a line.
 *
 * @throws {ConnectionError} for a line of more than 16 MiB
 */
export async function* jsonLines(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  /** The pieces of a line whose end has not come yet. */
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      lines.push(decode([...pieces, chunk.subarray(from, end)]));
      pieces = [];
      size = 0;
      from = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE_BYTES) {
      throw new ConnectionError("other", "The API server sent a line of more than 16 MiB.");
    }
    if (lines.length > 0) yield lines;
  }
}

function decode(pieces: readonly Uint8Array[]): string {
  // Otherwise the runtime drops a U+FEFF from the middle of a line, too, where a piece begins with it.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}
