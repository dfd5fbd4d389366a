/** Text that a cluster's users chose, made harmless: one line, no control characters, never too long. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeText } from "../../lib/api/text.ts";
import { hostileText } from "../support/arbitraries.ts";

for (
  const [text, escaped, why] of [
    ["registry.example/app:1.0", "registry.example/app:1.0", "ordinary text stays as it is"],
    ["Größe – 大 🚀", "Größe – 大 🚀", "and so do letters of any script"],
    ["", "", "and nothing at all"],
    ["\u001b[2Japp", "\\u{1b}[2Japp", "ESC cannot clear a screen"],
    ["a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c", "line breaks cannot forge a line of a log"],
    ["a\0b", "a\\u{0}b", "NUL"],
    ["a\u007fb\u009bc", "a\\u{7f}b\\u{9b}c", "DEL and the 8-bit controls"],
    ["a\u2028b\u2029c", "a\\u{2028}b\\u{2029}c", "the line breaks of Unicode"],
    ["a\u202eb\u2066c", "a\\u{202e}b\\u{2066}c", "what turns the direction of writing"],
    ["a\u200bb\ufeffc", "a\\u{200b}b\\u{feff}c", "what nobody sees"],
    ["a\ud800b", "a\ufffdb", "half a surrogate pair"],
  ] as const
) {
  Deno.test(`escapeText() writes ${JSON.stringify(escaped)}: ${why}`, () => {
    assert.equal(escapeText(text), escaped);
  });
}

for (
  const [text, max, shortened, why] of [
    ["abcd", 4, "abcd", "exactly as long as allowed"],
    ["abcde", 4, "abc…", "one too long"],
    ["abc\u001b", 4, "abc…", "too long only once it is escaped"],
    ["ab🚀d", 4, "ab\ufffd…", "cut within a surrogate pair"],
    ["ab🚀", 4, "ab🚀", "a surrogate pair at the very end"],
  ] as const
) {
  Deno.test(`escapeText() shortens to ${JSON.stringify(shortened)}: ${why}`, () => {
    assert.equal(escapeText(text, max), shortened);
  });
}

Deno.test("escapeText() keeps 256 units unless told otherwise", () => {
  assert.equal(escapeText("x".repeat(256)), "x".repeat(256));
  assert.equal(escapeText("x".repeat(257)), "x".repeat(255) + "…");
});

Deno.test("escapeText() never lets a control character through and never exceeds the length", () => {
  fc.assert(fc.property(hostileText, fc.integer({ min: 1, max: 40 }), (text, max) => {
    const escaped = escapeText(text, max);
    assert.doesNotMatch(escaped, /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    assert.ok(escaped.length <= max, `${escaped.length} > ${max}`);
    assert.ok(escaped.isWellFormed());
    assert.equal(escapeText(escaped, max), escaped, "what is harmless stays as it is");
  }));
});

Deno.test("escapeText() escapes every character of the categories control, format, line and paragraph separator", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const char = String.fromCharCode(code);
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(char)) assert.equal(escapeText(char), `\\u{${code.toString(16)}}`);
  }
});
