/** The spec: what is accepted, what it means when left out, and how a refusal reads. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidSpecError, parseSpec } from "../../lib/policy/parse_spec.ts";
import { isOn } from "../../lib/policy/spec.ts";
import { specs, STRICT } from "../support/arbitraries.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

for (
  const [why, given, expected] of [
    ["a full spec", STRICT, STRICT],
    ["an empty one", {}, {}],
    ["null", null, {}],
    ["nothing", undefined, {}],
    ["fields of null, as fields left out", { forbidLatestTag: null, maxRestartCount: null }, {}],
    ["fields of undefined", { forbidLatestTag: undefined }, {}],
    ["a check that is off", { forbidLatestTag: false }, { forbidLatestTag: false }],
    ["limits of 0", { maxRestartCount: 0, forbidPendingDuration: 0 }, {
      maxRestartCount: 0,
      forbidPendingDuration: 0,
    }],
    ["the largest limits", { maxRestartCount: 2_147_483_647, forbidPendingDuration: LARGEST }, {
      maxRestartCount: 2_147_483_647,
      forbidPendingDuration: LARGEST,
    }],
    ["fields of a later version, which it drops", { requireLimits: true, forbidLatestTag: true }, {
      forbidLatestTag: true,
    }],
    [
      "keys that every object inherits",
      JSON.parse('{"__proto__":{"maxRestartCount":"x"},"constructor":1}'),
      {},
    ],
  ] as const
) {
  Deno.test(`parseSpec() accepts ${why}`, () => assert.deepEqual(parseSpec(given), expected));
}

for (
  const [given, message] of [
    ["strict", 'spec must be an object, it is "strict".'],
    [7, "spec must be an object, it is 7."],
    [true, "spec must be an object, it is true."],
    [[], "spec must be an object, it is []."],
    [[{ forbidLatestTag: true }], 'spec must be an object, it is [{"forbidLatestTag":true}].'],
    [{ forbidLatestTag: "yes" }, 'spec.forbidLatestTag must be boolean, it is "yes".'],
    [{ forbidLatestTag: 1 }, "spec.forbidLatestTag must be boolean, it is 1."],
    [{ requireLivenessProbe: {} }, "spec.requireLivenessProbe must be boolean, it is {}."],
    [{ requireReadinessProbe: [true] }, "spec.requireReadinessProbe must be boolean, it is [true]."],
    [{ maxRestartCount: -1 }, "spec.maxRestartCount must be >= 0, it is -1."],
    [{ maxRestartCount: 2_147_483_648 }, "spec.maxRestartCount must be <= 2147483647, it is 2147483648."],
    [{ maxRestartCount: 1.5 }, "spec.maxRestartCount must be integer, it is 1.5."],
    [{ maxRestartCount: "3" }, 'spec.maxRestartCount must be integer, it is "3".'],
    [{ forbidPendingDuration: -1 }, "spec.forbidPendingDuration must be >= 0, it is -1."],
    [
      { forbidPendingDuration: LARGEST + 1 },
      /^spec\.forbidPendingDuration must be <= 9007199254740991, it is /,
    ],
    [{ forbidPendingDuration: "300" }, 'spec.forbidPendingDuration must be integer, it is "300".'],
    [{ maxRestartCount: "\u001b[2J" }, 'spec.maxRestartCount must be integer, it is "\\u001b[2J".'],
    [{ maxRestartCount: "\u202ex" }, 'spec.maxRestartCount must be integer, it is "\\u{202e}x".'],
    [{ maxRestartCount: "x".repeat(1000) }, /^spec\.maxRestartCount must be integer, it is "x{58}…\.$/],
    [{ maxRestartCount: NaN }, /^spec\.maxRestartCount must be integer, it is /],
    [{ maxRestartCount: Infinity }, /^spec\.maxRestartCount must be integer, it is /],
  ] as const
) {
  Deno.test(`parseSpec() refuses ${JSON.stringify(given).slice(0, 60)} and says why`, () => {
    assert.throws(() => parseSpec(given), { name: "InvalidSpecError", message });
    assert.throws(() => parseSpec(given), InvalidSpecError);
  });
}

Deno.test("parseSpec() answers a spec that survives JSON, and leaves alone what it was given", () => {
  fc.assert(fc.property(specs, (spec) => {
    const given = structuredClone(spec);
    const parsed = parseSpec(given);
    assert.deepEqual(given, structuredClone(spec));
    assert.deepEqual(parseSpec(JSON.parse(JSON.stringify(parsed))), parsed);
    const present = Object.entries(spec).filter(([, value]) => value !== null);
    assert.deepEqual(parsed, Object.fromEntries(present));
  }));
});

Deno.test("parseSpec() is total: it answers a spec that it would accept again, or an InvalidSpecError", () => {
  const field = fc.oneof(fc.anything(), fc.double(), fc.bigInt().map(Number));
  const anything = fc.oneof(
    fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
    fc.record({
      forbidLatestTag: field,
      requireLivenessProbe: field,
      maxRestartCount: field,
      forbidPendingDuration: field,
    }, { requiredKeys: [] }),
  );
  fc.assert(
    fc.property(anything, (given) => {
      try {
        const spec = parseSpec(given);
        assert.deepEqual(parseSpec(spec), spec);
      } catch (error) {
        assert.ok(error instanceof InvalidSpecError, `${error}`);
        assert.match(error.message, /^spec[ .].*, it is .*\.$/s);
        assert.doesNotMatch(error.message, /\p{Cc}/u);
        assert.ok(error.message.length < 160);
      }
    }),
    { numRuns: 500 },
  );
});

for (
  const [setting, on] of [
    [undefined, false],
    [null, false],
    [false, false],
    [true, true],
    [0, true],
    [3, true],
  ] as const
) {
  Deno.test(`a setting of ${setting} is ${on ? "on" : "off"}`, () => assert.equal(isOn(setting), on));
}

Deno.test("parseSpec() refuses what JSON cannot hold like any other wrong value", () => {
  assert.throws(() => parseSpec(1n), {
    name: "InvalidSpecError",
    message: "spec must be an object, it is 1.",
  });
  assert.throws(() => parseSpec({ maxRestartCount: 1n }), InvalidSpecError);
});
