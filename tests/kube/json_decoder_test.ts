/** The JSON decoder: what each event and each page becomes, and what becomes of those that nobody should send. */

import assert from "node:assert/strict";
import type { WatchEvent } from "../../lib/api/ports.ts";
import { ApiError } from "../../lib/api/errors.ts";
import { jsonDecoder } from "../../lib/kube/json_decoder.ts";
import { bodyOf } from "../support/bodies.ts";
import { connectionError } from "./harness.ts";

/** A decoder of names, and how often it could not read one. */
function decoderOfNames() {
  const counted = {
    unreadable: 0,
    decoder: jsonDecoder<string>({
      toObject: (json) => (json as { metadata?: { name?: string } } | null)?.metadata?.name,
      onUnreadable: () => void counted.unreadable++,
    }),
  };
  return counted;
}

const named = (name: string) => ({ metadata: { name } });
const event = (type: unknown, object: unknown) => `${JSON.stringify({ type, object })}\n`;

async function watched(text: string, { decoder } = decoderOfNames()): Promise<WatchEvent<string>[]> {
  const events: WatchEvent<string>[] = [];
  for await (const batch of decoder.decodeWatch(bodyOf(text))) events.push(...batch);
  return events;
}

for (
  const [type, object, expected] of [
    ["ADDED", named("a"), { type: "apply", object: "a" }],
    ["MODIFIED", named("a"), { type: "apply", object: "a" }],
    ["DELETED", named("a"), { type: "delete", object: "a" }],
    ["BOOKMARK", { metadata: { resourceVersion: "7" } }, {
      type: "bookmark",
      resourceVersion: "7",
      initialEventsEnd: false,
    }],
    [
      "BOOKMARK",
      { metadata: { resourceVersion: "8", annotations: { "k8s.io/initial-events-end": "true" } } },
      {
        type: "bookmark",
        resourceVersion: "8",
        initialEventsEnd: true,
      },
    ],
    ["BOOKMARK", {
      metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "false" } },
    }, {
      type: "bookmark",
      resourceVersion: "9",
      initialEventsEnd: false,
    }],
  ] as const
) {
  Deno.test(`decodeWatch() makes ${JSON.stringify(expected)} of ${JSON.stringify(object)} ${type}`, async () =>
    assert.deepEqual(await watched(event(type, object)), [expected]));
}

Deno.test("decodeWatch() makes an ApiError of an ERROR event", async () => {
  const status = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
  const [error] = await watched(event("ERROR", status));
  assert(error?.type === "error" && error.error instanceof ApiError);
  const { code, reason, message } = error.error;
  assert.deepEqual({ code, reason, message }, { code: 410, reason: "Expired", message: status.message });
});

Deno.test("decodeWatch() makes a 500 of an ERROR event without a Status", async () => {
  const [error] = await watched(event("ERROR", null));
  assert(error?.type === "error");
  assert.equal(error.error.code, 500);
});

Deno.test("decodeWatch() tells of an object without a name, and goes on", async () => {
  const counted = decoderOfNames();
  const text = event("ADDED", named("a")) + event("MODIFIED", {}) + event("DELETED", null) +
    event("ADDED", named("b"));
  assert.deepEqual(await watched(text, counted), [
    { type: "apply", object: "a" },
    { type: "apply", object: "b" },
  ]);
  assert.equal(counted.unreadable, 2);
});

Deno.test("decodeWatch() gives events together that arrived together, and skips empty lines", async () => {
  const { decoder } = decoderOfNames();
  const text = `\n${event("ADDED", named("a"))}\n${event("ADDED", named("b"))}{"type":"ADD`;
  const batches = [];
  for await (const batch of decoder.decodeWatch(bodyOf(text))) batches.push(batch.length);
  assert.deepEqual(batches, [2]);
});

for (
  const [what, line] of [
    ["an event of an unknown type", event("SYNCED", named("a"))],
    ["an event without a type", "{}\n"],
    ["something that is not JSON", "<html>\n"],
    ["half an object", '{"type":"ADDED","obj\n'],
    ["a number", "7\n"],
    ["null", "null\n"],
    ["a bookmark without a version", event("BOOKMARK", { metadata: {} })],
    ["a bookmark whose version is a number", event("BOOKMARK", { metadata: { resourceVersion: 7 } })],
    ["a bookmark of null", event("BOOKMARK", null)],
  ]
) {
  Deno.test(`decodeWatch() breaks off at ${what}, without repeating it`, () =>
    assert.rejects(watched(line!), connectionError("other", /is not the JSON of a list or a watch\.$/)));
}

Deno.test("decodeWatch() gives what came before something that it cannot read, and only then breaks", async () => {
  const { decoder } = decoderOfNames();
  const text = `${event("ADDED", named("a"))}${event("DELETED", named("b"))}<html>\n${
    event("ADDED", named("c"))
  }`;
  const batches = decoder.decodeWatch(bodyOf(text))[Symbol.asyncIterator]();
  assert.deepEqual((await batches.next()).value, [{ type: "apply", object: "a" }, {
    type: "delete",
    object: "b",
  }]);
  await assert.rejects(batches.next(), connectionError("other", /is not the JSON of a list or a watch\.$/));
  assert.equal((await batches.next()).done, true);
});

Deno.test("decodeList() reads a page, its version and where the next one starts", async () => {
  const { decoder } = decoderOfNames();
  const page = { metadata: { resourceVersion: "12", continue: "next" }, items: [named("a"), named("b")] };
  assert.deepEqual(await decoder.decodeList(bodyOf(JSON.stringify(page))), {
    items: ["a", "b"],
    resourceVersion: "12",
    continueToken: "next",
  });
});

for (const [what, token] of [["no token", undefined], ["an empty one", ""], ["null", null]] as const) {
  Deno.test(`decodeList() takes a page with ${what} for the last`, async () => {
    const page = { metadata: { resourceVersion: "12", continue: token }, items: [] };
    const { continueToken } = await decoderOfNames().decoder.decodeList(bodyOf(JSON.stringify(page)));
    assert.equal(continueToken, undefined);
  });
}

for (const items of [undefined, null]) {
  Deno.test(`decodeList() reads a list whose items are ${items} as an empty one`, async () => {
    const list = { metadata: { resourceVersion: "1" }, items };
    assert.deepEqual((await decoderOfNames().decoder.decodeList(bodyOf(JSON.stringify(list)))).items, []);
  });
}

Deno.test("decodeList() tells of items without a name, and keeps the others", async () => {
  const counted = decoderOfNames();
  const list = { metadata: { resourceVersion: "1" }, items: [null, named("a"), {}, 7, named("b")] };
  assert.deepEqual((await counted.decoder.decodeList(bodyOf(JSON.stringify(list)))).items, ["a", "b"]);
  assert.equal(counted.unreadable, 3);
});

for (
  const [what, text] of [
    ["a single object", JSON.stringify({ kind: "Pod", metadata: { name: "a" } })],
    ["a list without a version", JSON.stringify({ metadata: {}, items: [] })],
    ["a list without metadata", JSON.stringify({ items: [] })],
    ["a list whose version is a number", JSON.stringify({ metadata: { resourceVersion: 7 }, items: [] })],
    ["items that are no list", JSON.stringify({ metadata: { resourceVersion: "1" }, items: { a: 1 } })],
    ["a bare list", "[]"],
    ["nothing", ""],
    ["a login page", "<html>"],
  ]
) {
  Deno.test(`decodeList() refuses ${what}`, () =>
    assert.rejects(
      decoderOfNames().decoder.decodeList(bodyOf(text!)),
      connectionError("other", /is not the JSON of a list or a watch\.$/),
    ));
}

Deno.test("The decoder asks for JSON, of lists and of watches", () =>
  assert.deepEqual(decoderOfNames().decoder.accept, { list: "application/json", watch: "application/json" }));
