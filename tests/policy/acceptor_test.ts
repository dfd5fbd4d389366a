/** The acceptor of values: it says of each what the library says of it, whose word on a schema is the last. */

import assert from "node:assert/strict";
import fc from "fast-check";
import * as Type from "typebox";
import { Check, Errors } from "typebox/schema";
import { acceptor } from "../../lib/policy/acceptor.ts";
import { PolicySpecSchema } from "../../lib/policy/spec.ts";
import { PolicyStatusSchema } from "../../lib/policy/status_schema.ts";
import { hostileText } from "../support/arbitraries.ts";

/** Values of every type, and those at which a rule might turn. */
const VALUES: readonly unknown[] = [
  ...[undefined, null, true, false, NaN, Infinity, -Infinity, 0, -0, -1, 1, 2, 3, 4, 1.5, 5e-324],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, 0n, 3n, Symbol("x"), () => {}, new Date(0)],
  ...[
    "",
    "a",
    "ab",
    "abc",
    "abcd",
    "🚀",
    "🚀🚀",
    "🚀🚀🚀",
    "🚀🚀🚀🚀",
    "\ud800",
    "\ud800\ud800\ud800",
    "é",
    "e\u0301",
    "True",
  ],
  ...[
    "2026-02-22T10:00:00Z",
    "2026-02-22T10:00:00.5+01:00",
    "2026-02-30T10:00:00Z",
    "2026-02-22",
    "10:00:00Z",
  ],
  ...[[], [1], [1, 2, 3], [1, 2, 3, 4], ["a"], [1, "a"], [undefined], [, 1], [null], [[1]]],
  ...[{}, { a: 1 }, { a: "x" }, { a: undefined }, { a: null }, { b: 1 }, { a: 1, b: 2 }, { length: 9 }],
  ...[
    Object.create(null),
    Object.create({ a: 1 }),
    new Map([["a", 1]]),
    JSON.parse('{"__proto__": {"a": 1}}'),
  ],
  ...[{ constructor: 1, toString: 2 }, { a: { a: 1 } }, { a: { a: "x" } }, new String("a"), new Number(1)],
];

const text = (options: object) => Type.Unsafe<string>(options);

for (
  const [name, schema] of Object.entries({
    "a boolean": Type.Boolean(),
    "an integer": Type.Integer(),
    "a text": Type.String(),
    "an array": Type.Array(Type.Unsafe<unknown>({})),
    "an object": Type.Object({}),
    "anything": Type.Unsafe<unknown>({ description: "whatever", nullable: true }),
    "one of a few": text({ enum: ["True", "a", 1, null] }),
    "an integer of at least 1": Type.Integer({ minimum: 1 }),
    "an integer of at most 3": Type.Integer({ maximum: 3 }),
    "what has 3 characters": text({ minLength: 3 }),
    "what has no more than 3 characters": text({ maxLength: 3 }),
    "a point in time": text({ format: "date-time" }),
    "what has a format that nobody knows": text({ type: "integer", format: "int32" }),
    "a list of no more than 3": text({ maxItems: 3 }),
    "a list of integers": text({ items: Type.Integer() }),
    "what has an a, if any, that is an integer": text({ properties: { a: Type.Integer() } }),
    "an object with an integer called a": Type.Object({ a: Type.Integer() }),
    "an object in an object": Type.Object({ a: Type.Optional(Type.Object({ a: Type.Integer() })) }),
  })
) {
  Deno.test(`acceptor() knows ${name} as the library does`, () => {
    const accepts = acceptor(schema);
    const answers = VALUES.map((value) => [value, accepts(value)]);
    assert.deepEqual(answers, VALUES.map((value) => [value, Check(schema, value)]));
    assert(answers.some(([, isAccepted]) => isAccepted), "and it is not alone in what it refuses");
  });
}

for (
  const schema of [
    { pattern: "^a" },
    { type: "string", uniqueItems: true },
    { type: "null" },
    {
      type: ["string", "null"],
    },
    { properties: { a: { anyOf: [] } } },
    { items: { $ref: "#" } },
  ]
) {
  Deno.test(`acceptor() takes no schema like ${JSON.stringify(schema)}, of which it would not ask all`, () => {
    assert.throws(() => acceptor(schema), { name: "TypeError", message: /not known to acceptor\(\)\.$/ });
  });
}

const STRANGE = fc.oneof(
  fc.anything({ withNullPrototype: true, withSparseArray: true, withDate: true, withBigInt: true }),
  fc.double(),
  hostileText,
  fc.constantFrom(...VALUES),
);

/** What a schema of ours may say. */
interface Said {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly items?: object;
  readonly properties?: Readonly<Record<string, object>>;
}

/** A value of a schema, of which here and there a part is missing, and one in so many is something else. */
function near(schema: Said, oneIn: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: oneIn, arbitrary: fitting(schema, oneIn) }, { weight: 1, arbitrary: STRANGE });
}

function fitting(
  { type, enum: values, minimum = -Infinity, maximum = Infinity, format, items, properties }: Said,
  oneIn: number,
) {
  if (values !== undefined) return fc.constantFrom(...values);
  if (type === "boolean") return fc.boolean();
  if (type === "integer") {
    return fc.maxSafeInteger().map((n) => Math.min(Math.max(n, minimum), maximum));
  }
  if (type === "string") return fc.constant(format === undefined ? "x" : "2026-02-22T10:00:00Z");
  if (type === "array") return fc.array(near(items!, oneIn), { maxLength: 4 });
  const fields = Object.entries(properties!).map(([key, field]) => [key, near(field, oneIn)] as const);
  const anywhere = fc.record(Object.fromEntries(fields));
  const somewhere = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
  return fc.oneof({ weight: oneIn, arbitrary: anywhere }, { weight: 1, arbitrary: somewhere });
}

for (
  const [name, schema, oneIn] of [["spec", PolicySpecSchema, 20], [
    "status",
    PolicyStatusSchema,
    200,
  ]] as const
) {
  Deno.test(`acceptor() accepts a ${name} exactly if the library finds nothing wrong with it`, () => {
    const accepts = acceptor(schema);
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(near(schema, oneIn), (value) => {
        const isAccepted = accepts(value);
        assert.equal(isAccepted, Check(schema, value));
        const [isRight, errors] = Errors(schema, value);
        assert.equal(isAccepted, isRight);
        assert.equal(isAccepted, errors.length === 0);
        counts[isAccepted ? "accepted" : "refused"]++;
      }),
      { numRuns: 1_000 },
    );
    assert(counts.accepted > 100 && counts.refused > 100, JSON.stringify(counts));
  });
}
