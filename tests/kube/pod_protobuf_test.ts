/** Reading a pod from protobuf: what becomes of each field, and that it is what becomes of it in JSON. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import { readPod } from "../../lib/kube/pod_protobuf.ts";
import { ProtobufReader } from "../../lib/kube/protobuf_reader.ts";
import { FactsPool } from "../../lib/kube/facts_pool.ts";
import { apiPods, podBuilders } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";
import { podMessage } from "../support/protobuf_objects.ts";
import * as protobuf from "../support/protobuf_writer.ts";

function read(...parts: readonly Uint8Array[]): PodFacts | undefined {
  const reader = new ProtobufReader();
  reader.bytes = protobuf.concat(...parts);
  return readPod(reader, reader.bytes.length, new FactsPool());
}

/** The facts of a pod that has to be one. */
function readSound(...parts: readonly Uint8Array[]): PodFacts {
  const facts = read(...parts);
  assert(facts !== undefined, "no pod");
  assert.equal(facts.problem, undefined);
  return facts;
}

const web = pod("web").container("app").json();
const METADATA = 1, SPEC = 2, STATUS = 3;

Deno.test("readPod() reads what the checks need, init containers first, ephemeral ones not at all", () => {
  const built = pod("web").resourceVersion("42").pendingSince(CREATED + 5000).restartPolicy("OnFailure")
    .container("app", { image: "app", liveness: false, restarts: 2 })
    .init("migrate", { image: "migrate:1", restarts: 7 })
    .sidecar("proxy", { readiness: false, restarts: 1 })
    .ephemeral("debug", { image: "busybox", restarts: 9 })
    .deleting();
  assert.deepEqual(read(podMessage(built.json())), built.facts());
});

Deno.test("readPod() gives the facts of whatever pod the builder makes, as JSON does", () => {
  fc.assert(fc.property(podBuilders, (built) => {
    const json = wellFormed(built.json()) as object;
    const facts = read(podMessage(json));
    assert.deepEqual(facts, toPodFacts(json));
    assert.deepEqual(facts, wellFormed(built.facts()));
  }));
});

Deno.test("readPod() and toPodFacts() agree on whatever an API server could send", () => {
  fc.assert(
    fc.property(apiPods, (json) => assert.deepEqual(read(podMessage(json)), toPodFacts(json))),
    { numRuns: 1_000 },
  );
});

/** `value` without the halves of characters, which UTF-8 cannot carry. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, value]) => [key, wellFormed(value)]));
}

Deno.test("readPod() shares no memory with the bytes that it read", () => {
  const reader = new ProtobufReader();
  reader.bytes = podMessage(pod("web").resourceVersion("7").container("app", { image: "äpp:1" }).json());
  const facts = readPod(reader, reader.bytes.length, new FactsPool());
  const before = structuredClone(facts);
  reader.bytes.fill(0);
  assert.deepEqual(facts, before);
});

Deno.test("readPod() counts an empty time as none, as API servers write it", () => {
  const times = protobuf.concat(protobuf.bytes(8, new Uint8Array()), protobuf.bytes(9, new Uint8Array()));
  const { createdAtSeconds, deleting } = readSound(podMessage(web), protobuf.bytes(METADATA, times));
  assert.deepEqual({ createdAtSeconds, deleting }, { createdAtSeconds: undefined, deleting: false });
});

for (
  const [what, time, expected] of [
    ["the beginning of 1970", protobuf.int(1, 0), 0],
    ["the beginning of 1970, left out", protobuf.int(2, 0), 0],
    ["a time before 1970", protobuf.int(1, -1), -1],
    ["whole seconds only", protobuf.concat(protobuf.int(1, 5), protobuf.int(2, 999_999_999)), 5],
    ["the last of two", protobuf.concat(protobuf.int(1, 5), protobuf.int(1, 6)), 6],
    ["the last moment of all calendars", protobuf.int(1, 8_640_000_000_000), 8_640_000_000_000],
    ["a time beyond all calendars", protobuf.int(1, 8_640_000_000_001), undefined],
    ["a time before all calendars", protobuf.int(1, -(2n ** 62n)), undefined],
  ] as const
) {
  Deno.test(`readPod() reads a creation time: ${what}`, () => {
    const metadata = protobuf.bytes(METADATA, protobuf.bytes(8, time));
    assert.equal(readSound(podMessage(web), metadata).createdAtSeconds, expected);
  });
}

Deno.test("readPod() takes an empty probe for one", () => {
  const container = protobuf.concat(
    protobuf.text(1, "app"),
    protobuf.bytes(10, new Uint8Array()),
    protobuf.bytes(11, new Uint8Array()),
  );
  const { containers } = readSound(
    podMessage({ metadata: web.metadata }),
    protobuf.bytes(SPEC, protobuf.bytes(2, container)),
  );
  assert.deepEqual([containers[0]?.hasLivenessProbe, containers[0]?.hasReadinessProbe], [true, true]);
});

for (
  const [count, restarts, why] of [
    [3, 3, "as it is"],
    [-5, 0, "a negative count is none"],
    [2 ** 31 - 1, 2 ** 31 - 1, "the largest int32"],
    [2 ** 32 + 7, 7, "of what is longer, the lower half, as Go reads it"],
  ] as const
) {
  Deno.test(`readPod() reads restartCount ${count} as ${restarts}: ${why}`, () => {
    const status = protobuf.bytes(8, protobuf.concat(protobuf.text(1, "app"), protobuf.int(5, count)));
    const facts = readSound(podMessage({ ...web, status: undefined }), protobuf.bytes(STATUS, status));
    assert.equal(facts.containers[0]?.restarts, restarts);
  });
}

Deno.test("readPod() finds the restarts wherever in the pod they stand, and the last of one name", () => {
  const restarted = (name: string, count: number) =>
    protobuf.bytes(8, protobuf.concat(protobuf.int(5, count), protobuf.text(1, name)));
  const statuses = protobuf.concat(restarted("app", 4), restarted("other", 9), restarted("app", 0));
  const early = readSound(
    protobuf.bytes(STATUS, restarted("app", 4)),
    podMessage({ ...web, status: undefined }),
  );
  assert.equal(early.containers[0]?.restarts, 4);
  const twice = readSound(podMessage({ ...web, status: undefined }), protobuf.bytes(STATUS, statuses));
  assert.equal(twice.containers[0]?.restarts, 0);
});

Deno.test("readPod() takes the last of a field that comes twice, and puts messages together", () => {
  const facts = readSound(
    podMessage(pod("first").inNamespace("a").resourceVersion("1").container("one").json()),
    podMessage(pod("second").inNamespace("b").resourceVersion("2").phase("Failed").container("two").json()),
  );
  const { namespace, name, resourceVersion, phase } = facts;
  assert.deepEqual({ namespace, name, resourceVersion, phase }, {
    namespace: "b",
    name: "second",
    resourceVersion: "2",
    phase: "Failed",
  });
  assert.deepEqual(facts.containers.map(({ name }) => name), ["one", "two"]);
});

Deno.test("readPod() skips what it does not know, of every type", () => {
  const unknown = protobuf.concat(
    protobuf.int(500, -1),
    protobuf.rawField(501, 1, new Uint8Array(8)),
    protobuf.text(502, "news"),
    protobuf.rawField(503, 5, new Uint8Array(4)),
  );
  const container = protobuf.concat(protobuf.text(1, "app"), unknown, protobuf.text(2, "app:1"));
  const facts = readSound(
    unknown,
    protobuf.bytes(METADATA, protobuf.concat(unknown, protobuf.text(1, "web"), protobuf.text(3, "a"))),
    protobuf.bytes(SPEC, protobuf.concat(protobuf.bytes(2, container), unknown)),
    protobuf.bytes(STATUS, protobuf.concat(unknown, protobuf.text(1, "Running"))),
  );
  assert.deepEqual([facts.name, facts.phase, facts.containers[0]?.image], ["web", "Running", "app:1"]);
});

Deno.test("readPod() takes a known field of a foreign type for an unknown one", () => {
  const metadata = protobuf.concat(protobuf.int(1, 7), protobuf.int(6, 7));
  const facts = readSound(podMessage(web), protobuf.bytes(METADATA, metadata), protobuf.int(SPEC, 1));
  assert.deepEqual([facts.name, facts.resourceVersion], ["web", "1"]);
});

for (const missing of ["name", "namespace"]) {
  Deno.test(`readPod() has nowhere to keep a pod without a ${missing}`, () => {
    assert.equal(read(podMessage({ ...web, metadata: { ...web.metadata, [missing]: "" } })), undefined);
    assert.equal(
      read(podMessage({ ...web, metadata: { ...web.metadata, [missing]: undefined } })),
      undefined,
    );
  });
}

Deno.test("readPod() calls a pod without a spec a problem, and one without containers sound", () => {
  assert.equal(read(podMessage({ ...web, spec: undefined }))?.problem, "it has no spec");
  const facts = readSound(podMessage({ ...web, spec: {} }));
  assert.deepEqual(facts.containers, []);
});
