/** Lists in protobuf: what each page becomes, however the bytes are cut, and what no server should send. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ConnectionError } from "../../lib/api/errors.ts";
import { bodyOf, cutAt, watchedBody } from "../support/bodies.ts";
import { pod } from "../support/pod_builder.ts";
import { envelope, podList, podMessage } from "../support/protobuf_objects.ts";
import * as protobuf from "../support/protobuf_writer.ts";
import { tellingDecoder } from "../support/telling_decoder.ts";
import { connectionError } from "./harness.ts";

const listed = (bytes: Uint8Array, { decoder } = tellingDecoder()) => decoder.decodeList(bodyOf(bytes));

const a = pod("a").container("app"), b = pod("b").init("migrate");
const notProtobuf = connectionError("other", /is not the protobuf of a list or a watch: (an?|no) [^:]+\.$/);

const page = podList({ resourceVersion: "12", continue: "next", remainingItemCount: 7 }, [
  a.json(),
  b.json(),
]);
const read = { items: [a.facts(), b.facts()], resourceVersion: "12", continueToken: "next" };

Deno.test("decodeList() reads a page, its version and where the next one starts", async () => {
  assert.deepEqual(await listed(page), read);
  const last = podList({ resourceVersion: "12" }, []);
  assert.deepEqual(await listed(last), { items: [], resourceVersion: "12", continueToken: undefined });
  const empty = podList({ resourceVersion: "12", continue: "" }, []);
  assert.equal((await listed(empty)).continueToken, undefined);
});

Deno.test("decodeList() gives the same page however the bytes are cut", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30, size: "max" }), async (cuts) => {
      const { decoder } = tellingDecoder();
      assert.deepEqual(await decoder.decodeList(bodyOf(...cutAt(page, cuts))), read);
    }),
    { numRuns: 100 },
  ));

Deno.test("decodeList() reads a page that is longer than any buffer, and to its end", async () => {
  const pods = Array.from(
    { length: 300 },
    (_, i) => pod(`pod-${i}`).container("app", { image: "x".repeat(60_000) }),
  );
  const { body, seen } = watchedBody(cutAt(
    podList({ resourceVersion: "1" }, pods.map((pod) => pod.json())),
    Array.from({ length: 500 }, (_, i) => i * 100_003),
  ));
  const { items } = await tellingDecoder().decoder.decodeList(body);
  assert.deepEqual(items.map(({ name }) => name), pods.map((pod) => pod.facts().name));
  assert.deepEqual(seen, { pulled: 501, cancelled: false });
});

Deno.test("decodeList() skips what it does not know, in a list and around it", async () => {
  const news = protobuf.bytes(500, new Uint8Array(400_000));
  const metadata = protobuf.bytes(1, protobuf.concat(protobuf.text(9, "x"), protobuf.text(2, "12")));
  const list = protobuf.concat(news, protobuf.bytes(2, podMessage(a.json())), news, metadata, news);
  const bytes = protobuf.concat(new TextEncoder().encode("k8s\0"), news, protobuf.bytes(2, list), news);
  assert.deepEqual(await listed(bytes), {
    items: [a.facts()],
    resourceVersion: "12",
    continueToken: undefined,
  });
});

Deno.test("decodeList() tells of items without a name, and keeps the others", async () => {
  const telling = tellingDecoder();
  const { items } = await listed(podList({ resourceVersion: "1" }, [{}, a.json(), {}]), telling);
  assert.deepEqual(items, [a.facts()]);
  assert.deepEqual(telling.told, { unreadable: 2, malformed: 0 });
});

Deno.test("decodeList() takes a list that ends in the middle for a broken connection, wherever it ends", async () => {
  // What follows the list itself in its envelope may be missing.
  const needed = page.length - protobuf.concat(protobuf.text(3, ""), protobuf.text(4, "")).length;
  for (let end = 0; end < needed; end++) {
    const telling = tellingDecoder();
    await assert.rejects(
      listed(page.subarray(0, end), telling),
      connectionError("reset", /list ended in the middle\.$/),
    );
    assert.equal(telling.told.malformed, 0);
  }
  assert.deepEqual(await listed(page.subarray(0, needed)), read);
});

for (
  const [what, bytes] of [
    ["a login page", new TextEncoder().encode("<!doctype html>")],
    ["an object without an envelope", podMessage(a.json())],
    ["a list without a version", podList({}, [a.json()])],
    ["a list without metadata", envelope("PodList", protobuf.bytes(2, podMessage(a.json())))],
    ["an item that goes beyond its list", envelope("PodList", protobuf.rawField(2, 2, protobuf.varint(100)))],
    [
      "an item of more than 16 MiB",
      protobuf.concat(
        new TextEncoder().encode("k8s\0"),
        protobuf.rawField(2, 2, protobuf.varint(2 ** 30)),
        protobuf.rawField(2, 2, protobuf.varint(2 ** 24 + 1)),
      ),
    ],
    ["a group", envelope("PodList", protobuf.rawField(2, 3, new Uint8Array(9)))],
    ["a length of eleven bytes", envelope("PodList", protobuf.rawField(2, 2, new Uint8Array(11).fill(0xff)))],
  ] as const
) {
  Deno.test(`decodeList() refuses ${what}, and tells that the server's protobuf is none`, async () => {
    const telling = tellingDecoder();
    await assert.rejects(listed(bytes, telling), notProtobuf);
    assert.equal(telling.told.malformed, 1);
  });
}

Deno.test("decodeList() ends whatever bytes come, in a page or in a connection error", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (changes) => {
        const bytes = page.slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          assert((await listed(bytes)).items.length <= page.length);
        } catch (error) {
          assert(error instanceof ConnectionError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  ));
