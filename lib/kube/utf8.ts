/** Text out of bytes. */

// A U+FEFF is a character like any other, wherever it stands.
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** The UTF-8 text in `bytes` from `from` to `to`; what is no UTF-8 becomes U+FFFD. */
export function toText(bytes: Uint8Array, from: number, to: number): string {
  return DECODER.decode(bytes.subarray(from, to));
}
