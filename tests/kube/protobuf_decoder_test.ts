/** Watches in protobuf: what each event becomes, however the bytes are cut, and what no server should send. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import type { WatchEvent } from "../../lib/api/ports.ts";
import { bodyOf, cutAt, watchedBody } from "../support/bodies.ts";
import { pod } from "../support/pod_builder.ts";
import { envelope, frames, podEvent, podMessage, status } from "../support/protobuf_objects.ts";
import * as protobuf from "../support/protobuf_writer.ts";
import { tellingDecoder } from "../support/telling_decoder.ts";
import { connectionError } from "./harness.ts";

async function watched(bytes: Uint8Array | readonly Uint8Array[], { decoder } = tellingDecoder()) {
  const events: WatchEvent<PodFacts>[] = [];
  const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
  for await (const batch of decoder.decodeWatch(bodyOf(...chunks))) events.push(...batch);
  return events;
}

const a = pod("a").container("app"), b = pod("b").init("migrate");
const bookmark = (metadata: object) => podEvent("BOOKMARK", { metadata });

for (
  const [event, expected] of [
    [podEvent("ADDED", a.json()), { type: "apply", object: a.facts() }],
    [podEvent("MODIFIED", a.json()), { type: "apply", object: a.facts() }],
    [podEvent("DELETED", a.json()), { type: "delete", object: a.facts() }],
    [bookmark({ resourceVersion: "7" }), {
      type: "bookmark",
      resourceVersion: "7",
      initialEventsEnd: false,
    }],
    [
      bookmark({
        resourceVersion: "8",
        annotations: { x: "true", "k8s.io/initial-events-end": "true", y: "" },
      }),
      { type: "bookmark", resourceVersion: "8", initialEventsEnd: true },
    ],
    [bookmark({ resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "false" } }), {
      type: "bookmark",
      resourceVersion: "9",
      initialEventsEnd: false,
    }],
  ] as const
) {
  const { type } = expected;
  const what = "object" in expected ? expected.object.name : JSON.stringify(expected);
  Deno.test(`decodeWatch() makes ${type} of an event: ${what}`, async () =>
    assert.deepEqual(await watched(frames(event)), [expected]));
}

Deno.test("decodeWatch() makes an ApiError of an ERROR event", async () => {
  const details = { retryAfterSeconds: 3, causes: [{ message: "Too large resource version", reason: "x" }] };
  const gone = { status: "Failure", code: 410, reason: "Expired", message: "too old", details };
  const [event] = await watched(frames(podEvent("ERROR", status(gone))));
  assert(event?.type === "error" && event.error instanceof ApiError);
  const { code, reason, message, causes, retryAfterMs } = event.error;
  assert.deepEqual({ code, reason, message, causes, retryAfterMs }, {
    code: 410,
    reason: "Expired",
    message: "too old",
    causes: ["Too large resource version"],
    retryAfterMs: 3_000,
  });
});

Deno.test("decodeWatch() makes a 500 of an ERROR event without a code", async () => {
  const [event] = await watched(frames(podEvent("ERROR", status({}))));
  assert(event?.type === "error");
  assert.deepEqual([event.error.code, event.error.retryAfterMs], [500, undefined]);
});

const someEvents = [
  podEvent("ADDED", a.json()),
  podEvent("MODIFIED", b.json()),
  bookmark({ resourceVersion: "12" }),
  podEvent("DELETED", a.json()),
  podEvent("ADDED", pod("c").container("app", { image: "x".repeat(400_000) }).json()),
  bookmark({ resourceVersion: "13" }),
];

Deno.test("decodeWatch() gives the same events however the bytes are cut", async () => {
  const whole = frames(...someEvents);
  const expected = await watched(whole);
  assert.equal(expected.length, someEvents.length);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { maxLength: 60, size: "max" }),
      async (cuts) => assert.deepEqual(await watched(cutAt(whole, cuts)), expected),
    ),
    { numRuns: 50 },
  );
});

Deno.test("decodeWatch() gives the same events byte by byte", async () => {
  const whole = frames(...someEvents.slice(0, 3));
  const bytes = Array.from(whole, (byte) => Uint8Array.of(byte));
  assert.deepEqual(await watched(bytes), await watched(whole));
});

Deno.test("decodeWatch() drops an unfinished frame wherever the body ends, and says nothing of it", async () => {
  const first = frames(someEvents[0]!);
  const whole = frames(...someEvents.slice(0, 2));
  for (let end = 0; end < whole.length; end++) {
    const { told, decoder } = tellingDecoder();
    const events = await watched(whole.subarray(0, end), { told, decoder });
    assert.equal(events.length, end < first.length ? 0 : 1);
    assert.deepEqual(told, { unreadable: 0, malformed: 0 });
  }
});

Deno.test("decodeWatch() gives events together that arrived together", async () => {
  const { decoder } = tellingDecoder();
  const chunks = [frames(someEvents[0]!, someEvents[1]!), frames(someEvents[2]!)];
  const batches = [];
  for await (const batch of decoder.decodeWatch(bodyOf(...chunks))) batches.push(batch.length);
  assert.deepEqual(batches, [2, 1]);
});

Deno.test("decodeWatch() tells of a pod without a name, and goes on", async () => {
  const telling = tellingDecoder();
  const bytes = frames(someEvents[0]!, podEvent("MODIFIED", {}), podEvent("DELETED", {}), someEvents[1]!);
  assert.deepEqual((await watched(bytes, telling)).length, 2);
  assert.deepEqual(telling.told, { unreadable: 2, malformed: 0 });
});

Deno.test("decodeWatch() gives a pod that cannot be read as one with a problem, and goes on", async () => {
  const broken = protobuf.concat(podMessage(a.json()), Uint8Array.of(0xff));
  const events = await watched(frames(podEvent("ADDED", envelope("Pod", broken)), someEvents[1]!));
  const problems = events.map((event) => event.type === "apply" && event.object.problem);
  assert.deepEqual(problems, ["its protobuf cannot be read", undefined]);
});

const notProtobuf = connectionError("other", /is not the protobuf of a list or a watch: an? [^:]+\.$/);

for (
  const [what, event] of [
    ["an event of an unknown type", podEvent("SYNCED", a.json())],
    ["an event without a type", protobuf.bytes(2, protobuf.bytes(1, envelope("Pod", podMessage(a.json()))))],
    ["an event without an object", protobuf.text(1, "ADDED")],
    ["an event whose object is empty", podEvent("ADDED", new Uint8Array())],
    ["an event whose object has no envelope", podEvent("ADDED", podMessage(a.json()))],
    ["an event whose object is JSON", podEvent("ADDED", new TextEncoder().encode(JSON.stringify(a.json())))],
    ["an event whose envelope is empty", podEvent("ADDED", envelope("Pod", new Uint8Array()).subarray(0, 4))],
    ["an event that is no message", Uint8Array.of(0xff)],
    ["an empty frame", new Uint8Array()],
    ["a bookmark without a version", bookmark({})],
    ["a bookmark without metadata", podEvent("BOOKMARK", envelope("Pod", new Uint8Array()))],
  ] as const
) {
  Deno.test(`decodeWatch() breaks off at ${what}, and tells that the server's protobuf is none`, async () => {
    const telling = tellingDecoder();
    await assert.rejects(watched(frames(event), telling), notProtobuf);
    assert.equal(telling.told.malformed, 1);
  });
}

Deno.test("decodeWatch() gives what came before something that it cannot read, and only then breaks", async () => {
  const bytes = frames(someEvents[0]!, Uint8Array.of(0xff), someEvents[1]!);
  const batches = tellingDecoder().decoder.decodeWatch(bodyOf(bytes))[Symbol.asyncIterator]();
  assert.deepEqual((await batches.next()).value, [{ type: "apply", object: a.facts() }]);
  await assert.rejects(batches.next(), notProtobuf);
});

Deno.test("decodeWatch() breaks off at a frame of more than 16 MiB before it comes, and gives the body up", async () => {
  for (const length of [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(0xff, 0xff, 0xff, 0xff)]) {
    const { body, seen } = watchedBody([length, new Uint8Array(100)]);
    const { told, decoder } = tellingDecoder();
    const reading = (async () => {
      for await (const _ of decoder.decodeWatch(body));
    })();
    await assert.rejects(reading, connectionError("other", /: an event of more than 16 MiB\.$/));
    assert.deepEqual(seen, { pulled: 1, cancelled: true });
    assert.equal(told.malformed, 1);
  }
});

Deno.test("decodeWatch() ends whatever bytes come, in events or in a connection error", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      async (changes, cuts) => {
        const bytes = frames(...someEvents.slice(0, 4));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          assert((await watched(cutAt(bytes, cuts))).length <= 4);
        } catch (error) {
          assert(error instanceof ConnectionError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  ));

Deno.test("decodeWatch() gives its body up when its reader stops early", async () => {
  const { body, seen } = watchedBody([frames(someEvents[0]!), frames(someEvents[1]!)]);
  for await (const _ of tellingDecoder().decoder.decodeWatch(body)) break;
  assert.equal(seen.cancelled, true);
});
