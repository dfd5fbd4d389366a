/** Makes text that a cluster's users chose harmless before it reaches a terminal, a log or a status. */

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * `text` on one line of at most `maxLength` (1 or more) UTF-16 units, with control and direction-changing characters written
 * as `\u{…}`, so that an image called `"\x1b[2J"` cannot clear anybody's screen.
 */
export function escapeText(text: string, maxLength = 256): string {
  const escaped = text.slice(0, maxLength + 1)
    .replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`).toWellFormed();
  return escaped.length <= maxLength ? escaped : `${escaped.slice(0, maxLength - 1).toWellFormed()}…`;
}
