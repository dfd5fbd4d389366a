/** Makes text that a cluster's users chose harmless before it reaches a terminal, a log or a status. */

// deno-lint-ignore no-control-regex -- control characters are exactly what this looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * `text` on one line of at most `maxLength` UTF-16 units, with control and direction-changing characters written
 * as `\u{…}`, so that an image called `"\x1b[2J"` cannot clear anybody's screen.
 */
export function escapeText(text: string, maxLength = 256): string {
  const escaped = text.slice(0, maxLength + 1)
    .replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`).toWellFormed();
  return escaped.length <= maxLength ? escaped : `${escaped.slice(0, maxLength - 1).toWellFormed()}…`;
}
