/** Lists in JSON, taken apart as they come: the same items and the same rest as of the whole text, however it is cut. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { readJsonList } from "../../lib/kube/json_list.ts";
import { bodyOf, cutAt, watchedBody } from "../support/bodies.ts";
import { connectionError } from "./harness.ts";

/** What becomes of `chunks`: the items, and the list without them. */
async function taken(...chunks: readonly (string | Uint8Array)[]) {
  const items: unknown[] = [];
  const list: unknown = JSON.parse(
    await readJsonList(bodyOf(...chunks), (text) => items.push(JSON.parse(text))),
  );
  return { items, list };
}

/** Text in which everything means something elsewhere. */
const text = fc.string({
  unit: fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", ":", "items", "ä", "🎉", " "),
});
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constant("items")), tie("value"), { maxKeys: 3 }),
  ),
})).value;

Deno.test("readJsonList() gives the items and the rest of any list, however its text is written and cut", () =>
  fc.assert(
    fc.asyncProperty(
      fc.dictionary(text.filter((key) => key !== "items"), value, { maxKeys: 4 }),
      fc.array(value, { maxLength: 6 }),
      fc.nat(4),
      fc.constantFrom(undefined, 2),
      fc.array(fc.nat(), { maxLength: 20 }),
      async (rest, items, at, indent, cuts) => {
        const entries = Object.entries(rest);
        entries.splice(at, 0, ["items", items]);
        const text = JSON.stringify(Object.fromEntries(entries), null, indent);
        const whole = JSON.parse(text);
        const chunks = cutAt(new TextEncoder().encode(text), cuts);
        assert.deepEqual(await taken(...chunks), { items: whole.items, list: { ...whole, items: [] } });
      },
    ),
    { numRuns: 300 },
  ));

for (
  const [what, json] of [
    ["items that are an object", { items: { a: [1, 2] } }],
    ["items that are null", { items: null, more: [1, 2] }],
    ["items that are text", { items: "items", more: [1, 2] }],
    ["no items", { kind: "items", metadata: { items: [1, 2] } }],
    ["a bare list", [{ items: [1, 2] }, 3]],
    ["a number", 7],
    ["text", "items"],
  ] as const
) {
  Deno.test(`readJsonList() leaves ${what} as it is`, async () =>
    assert.deepEqual(await taken(JSON.stringify(json)), { items: [], list: json }));
}

Deno.test("readJsonList() takes a key that is written with escapes for another", async () => {
  assert.deepEqual(await taken('{"\\u0069tems":[1,2]}'), { items: [], list: { items: [1, 2] } });
});

Deno.test("readJsonList() finds the items behind a value that is called the same", async () => {
  assert.deepEqual(await taken('{"kind":"items","more":[3],"items":[1,2]}'), {
    items: [1, 2],
    list: { kind: "items", more: [3], items: [] },
  });
});

for (const end of ['{"items":[1,', '{"items":[1', '{"items":[', '{"items":["a', '{"items":[1]', ""]) {
  Deno.test(`readJsonList() makes no JSON of what ends in the middle: ${end}`, () =>
    assert.rejects(taken(end), SyntaxError));
}

Deno.test("readJsonList() holds no more than an item at a time", async () => {
  const item = JSON.stringify({ name: "x".repeat(100_000) });
  const { body, seen } = watchedBody(function* () {
    yield '{"items":[';
    for (let i = 0; i < 500; i++) yield `${i > 0 ? "," : ""}${item}`;
    yield "]}";
  }());
  let items = 0;
  const list = await readJsonList(body, () => {
    // Its end comes with the chunk behind it.
    assert(seen.pulled <= items + 3);
    items++;
  });
  assert.equal(items, 500);
  assert.equal(list, '{"items":[]}');
});

Deno.test("readJsonList() refuses an item of more than 16 MiB as soon as it is too long, and gives the body up", async () => {
  const { body, seen } = watchedBody(function* () {
    yield '{"items":["';
    while (true) yield "x".repeat(1024 * 1024);
  }());
  const reading = readJsonList(body, () => assert.fail("there is no item"));
  await assert.rejects(reading, connectionError("other", /an object of more than 16 MiB\.$/));
  assert.deepEqual(seen, { pulled: 17, cancelled: true });
});
