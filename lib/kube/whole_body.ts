/** A short body, read as a whole. */

import type { Body, ByteReader } from "./body_buffer.ts";

/** Enough for what is usually answered; bytes. */
const USUAL_BYTES = 8 * 1024;

/**
 * All bytes of `body`.
 *
 * @throws what `tooLong` makes when there are more than `maxBytes`, and whatever breaks the body
 */
export async function wholeBody(
  body: Body,
  { maxBytes, tooLong }: { readonly maxBytes: number; readonly tooLong: () => Error },
): Promise<Uint8Array<ArrayBuffer>> {
  const reader: ByteReader = body instanceof ReadableStream ? body.getReader({ mode: "byob" }) : body;
  let bytes = new Uint8Array(USUAL_BYTES);
  for (let length = 0;;) {
    if (length > maxBytes) {
      await reader.cancel();
      throw tooLong();
    }
    if (length === bytes.length) bytes = enlarged(bytes);
    const { done, value } = await reader.read(bytes.subarray(length));
    // The memory may have moved.
    if (value !== undefined) bytes = new Uint8Array(value.buffer);
    if (done) return bytes.subarray(0, length);
    length += value!.length;
  }
}

function enlarged(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
