/** References and resource versions: how objects are named, and which of two versions is the newer. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { isNewer, refKey } from "../../lib/api/object.ts";

Deno.test("refKey() writes namespace/name and nothing else of the object", () => {
  const object = { namespace: "production", name: "rules", resourceVersion: "7" };
  assert.equal(refKey(object), "production/rules");
});

for (
  const [a, b, newer, why] of [
    ["2", "1", true, "larger"],
    ["1", "2", false, "smaller"],
    ["7", "7", false, "equal"],
    ["10", "9", true, "longer, although it sorts before as text"],
    ["9", "10", false, "shorter, although it sorts after as text"],
    ["9007199254740993", "9007199254740992", true, "beyond what a JavaScript number counts"],
    ["18446744073709551616", "18446744073709551615", true, "beyond 64 bits"],
    ["1", "", true, "against an object that never had a version"],
  ] as const
) {
  Deno.test(`isNewer("${a}", "${b}") is ${newer}: ${why}`, () => assert.equal(isNewer(a, b), newer));
}

const versions = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 2n ** 80n }),
  fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }),
);

Deno.test("isNewer() agrees with BigInt on decimal numbers of any length", () => {
  fc.assert(fc.property(versions, versions, (a, b) => isNewer(`${a}`, `${b}`) === a > b));
});

Deno.test("isNewer() is a strict total order", () => {
  const text = versions.map(String);
  fc.assert(fc.property(text, text, text, (a, b, c) => {
    assert.equal(isNewer(a, a), false, "irreflexive");
    assert.equal([isNewer(a, b), isNewer(b, a), a === b].filter(Boolean).length, 1, "trichotomous");
    if (isNewer(a, b) && isNewer(b, c)) assert.equal(isNewer(a, c), true, "transitive");
  }));
});
