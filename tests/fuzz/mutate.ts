/** Changes real inputs a little, in all the ways that programs stumble over. */

import type { Choices } from "../support/chance.ts";

/** Bytes that stand at the borders of lengths, signs and encodings. */
const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xc0, 0xed, 0xff, 0x0a, 0x22, 0x5c, 0x7b, 0x7d];
/** Text that means something to somebody on the way. */
const WORDS = [
  "",
  " ",
  "-",
  "--",
  "=",
  "@",
  ":",
  "/",
  "\n",
  "\u001b[2J",
  "\u202e",
  "\ud800",
  "%s",
  "__proto__",
  "constructor",
  "toString",
  "latest",
  "null",
  "1e999",
  "-1",
  "9007199254740993",
  "x".repeat(5_000),
];
/** Values that no schema expects. */
export const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.5,
  2_147_483_647,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  1e300,
  -1e300,
  "",
  "true",
  "3",
  "\u001b[2J\n",
  "\u202e\u007f\ud800",
  "x".repeat(5_000),
  [],
  [3],
  {},
  { valueOf: 3 },
  JSON.parse('{"__proto__": 3, "constructor": {}}'),
  [[[[[[]]]]]],
];

/** `input` after one to four changes; now and then as it is. */
export function mutateBytes(input: Uint8Array, corpus: readonly Uint8Array[], choices: Choices): Uint8Array {
  let bytes = input;
  for (let changes = choices.below(5); changes > 0; changes--) {
    // Lengths and types come first.
    const at = choices.below(choices.once(4) ? Math.min(8, bytes.length + 1) : bytes.length + 1);
    const length = choices.of([1, 2, 4, 16, 64, 1_024]);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (choices.below(7)) {
      case 0:
        bytes = join(before, [(after[0] ?? 0) ^ (1 << choices.below(8))], after.subarray(1));
        break;
      case 1:
        bytes = join(before, [choices.of(BYTES)], after.subarray(1));
        break;
      case 2:
        bytes = join(before, Array.from({ length }, () => choices.below(256)), after);
        break;
      case 3:
        bytes = join(before, after.subarray(length));
        break;
      case 4:
        bytes = join(before, after.subarray(0, length), after);
        break;
      case 5:
        bytes = before;
        break;
      case 6: {
        const other = choices.of(corpus);
        const from = choices.below(other.length);
        bytes = join(before, other.subarray(from, from + length), after.subarray(length));
      }
    }
  }
  return bytes;
}

/** A value of JSON that holds another value somewhere, or lacks one; now and then another value altogether. */
export function mutateJson(value: unknown, choices: Choices): unknown {
  if (choices.once(6)) return choices.of(VALUES);
  if (typeof value !== "object" || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const at = choices.below(entries.length);
  const [key, inner] = entries[at] ?? [choices.of(WORDS), undefined];
  if (choices.once(8)) entries.splice(at, 1);
  else entries[at] = [key, mutateJson(inner, choices)];
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** Text in which something was put, taken out, said twice, or written in place of something else. */
export function mutateText(text: string, choices: Choices): string {
  let changed = text;
  for (let changes = choices.below(4); changes > 0; changes--) {
    const at = choices.below(changed.length + 1);
    const length = choices.below(4);
    const [before, after] = [changed.slice(0, at), changed.slice(at)];
    const put = choices.of([
      choices.of(WORDS),
      String.fromCodePoint(choices.below(0x11_0000)),
      after.slice(0, length) + after.slice(0, length),
      "",
    ]);
    changed = before + put + after.slice(length);
  }
  return changed;
}

/** A list in which an item was changed, put, taken out, said twice, or has changed its place. */
export function mutateList<T>(list: readonly T[], change: (item: T) => T, extra: T, choices: Choices): T[] {
  const changed = [...list];
  for (let changes = choices.below(4); changes > 0; changes--) {
    const at = choices.below(changed.length);
    const item = changed[at] ?? extra;
    switch (choices.below(5)) {
      case 0:
        changed.splice(at, 1, change(item));
        break;
      case 1:
        changed.splice(at, 0, extra);
        break;
      case 2:
        changed.splice(at, 1);
        break;
      case 3:
        changed.splice(at, 0, item);
        break;
      case 4:
        changed.push(...changed.splice(at, 1));
    }
  }
  return changed;
}

/** An object of whose fields some hold other values, or are missing; or no object at all. */
export function mutateObject(object: Readonly<Record<string, unknown>>, choices: Choices): unknown {
  if (choices.once(20)) return choices.of(VALUES);
  const changed: Record<string, unknown> = { ...object };
  const fields = [...Object.keys(object), choices.of(WORDS)];
  for (let changes = choices.below(4); changes > 0; changes--) {
    const field = choices.of(fields);
    if (choices.once(4)) delete changed[field];
    else {
      const value = choices.of(VALUES);
      // Not by assignment, which a field called __proto__ would take for something else.
      Object.defineProperty(changed, field, { value, configurable: true, enumerable: true, writable: true });
    }
  }
  return changed;
}

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
