/** Pods in protobuf that no sane server would send: whatever comes in, there is an answer that can be judged. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { readPod } from "../../lib/kube/pod_protobuf.ts";
import { ProtobufReader } from "../../lib/kube/protobuf_reader.ts";
import { FactsPool } from "../../lib/kube/facts_pool.ts";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { podBuilders, STRICT } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";
import { podMessage } from "../support/protobuf_objects.ts";
import * as protobuf from "../support/protobuf_writer.ts";

const pool = new FactsPool();
const METADATA = 1, SPEC = 2, STATUS = 3;
const web = pod("web").container("app").json();

function read(...parts: readonly Uint8Array[]): PodFacts | undefined {
  const reader = new ProtobufReader();
  reader.bytes = protobuf.concat(...parts);
  return readPod(reader, reader.bytes.length, pool);
}

/** What every answer has to be: nothing, or facts that the checks can judge. */
function assertJudgeable(facts: PodFacts | undefined): void {
  if (facts === undefined) return;
  const { namespace, name, resourceVersion, phase, restartPolicy, createdAtSeconds, containers, problem } =
    facts;
  for (const text of [namespace, name, resourceVersion, phase, restartPolicy]) {
    assert.equal(typeof text, "string");
  }
  assert(namespace !== "" && name !== "" && restartPolicy !== "");
  assert(createdAtSeconds === undefined || Number.isSafeInteger(createdAtSeconds));
  for (const { name, image, kind, restarts } of containers) {
    assert.deepEqual([typeof name, typeof image], ["string", "string"]);
    assert(["regular", "init", "sidecar"].includes(kind));
    assert(Number.isInteger(restarts) && restarts >= 0 && restarts <= 2_147_483_647);
  }
  assert(problem === undefined || containers.length === 0);
  evaluate([facts], STRICT, CREATED);
}

Deno.test("readPod() answers whatever a pod is cut down to", () => {
  const whole = podMessage(
    pod("web").container("app", { restarts: 3 }).init("migrate").sidecar("proxy").ephemeral("debug").json(),
  );
  const problems = new Set<string | undefined>();
  for (let length = 0; length < whole.length; length++) {
    const facts = read(whole.subarray(0, length));
    assertJudgeable(facts);
    if (facts !== undefined) problems.add(facts.problem);
  }
  assert.deepEqual(problems, new Set(["it has no spec", "its protobuf cannot be read", undefined]));
});

Deno.test("readPod() answers whatever becomes of a pod whose bytes are changed", () =>
  fc.assert(
    fc.property(
      podBuilders,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (built, changes) => {
        const bytes = podMessage(built.json());
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        assertJudgeable(read(bytes));
      },
    ),
    { numRuns: 1_000 },
  ));

Deno.test("readPod() answers any bytes", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300, size: "max" }), (bytes) => {
      assertJudgeable(read(bytes));
      for (const field of [METADATA, SPEC, STATUS]) {
        assertJudgeable(read(podMessage(web), protobuf.bytes(field, bytes)));
      }
    }),
    { numRuns: 500 },
  ));

for (
  const [what, bytes] of [
    ["a group", protobuf.rawField(7, 3, new Uint8Array())],
    ["the end of a group", protobuf.rawField(7, 4, new Uint8Array())],
    ["a field of type 6", protobuf.rawField(7, 6, new Uint8Array())],
    ["a field of type 7", protobuf.rawField(7, 7, new Uint8Array())],
    ["a number of eleven bytes", protobuf.rawField(7, 0, new Uint8Array(11).fill(0xff).with(10, 0))],
    ["a length beyond the end", protobuf.rawField(7, 2, protobuf.varint(1))],
    ["a negative length", protobuf.rawField(7, 2, protobuf.varint(-1))],
    ["a length of 2 ** 63", protobuf.rawField(7, 2, protobuf.varint(2n ** 63n))],
  ] as const
) {
  Deno.test(`readPod() calls a pod a problem that contains ${what}, at any depth`, () => {
    const inContainer = protobuf.bytes(SPEC, protobuf.bytes(2, bytes));
    const inStatus = protobuf.bytes(STATUS, protobuf.bytes(8, bytes));
    for (const part of [bytes, protobuf.bytes(METADATA, bytes), inContainer, inStatus]) {
      const facts = read(podMessage(web), part);
      assert.equal(facts?.name, "web");
      assert.equal(facts.problem, "its protobuf cannot be read");
      assert.deepEqual(facts.containers, []);
    }
  });
}

Deno.test("readPod() does not look into what it does not need, however deep and broken", () => {
  let nested = new Uint8Array([0xff]);
  for (let depth = 0; depth < 2_000; depth++) nested = new Uint8Array(protobuf.bytes(1, nested));
  const facts = read(podMessage(web), protobuf.bytes(SPEC, protobuf.bytes(1, nested)));
  assert.deepEqual(facts, pod("web").container("app").facts());
});

Deno.test("readPod() makes text of bytes that are none", () => {
  const broken = Uint8Array.of(0x61, 0xff, 0xc3, 0x62);
  const container = protobuf.concat(protobuf.bytes(1, broken), protobuf.bytes(2, broken));
  const facts = read(
    podMessage(web),
    protobuf.bytes(METADATA, protobuf.bytes(1, broken)),
    protobuf.bytes(SPEC, protobuf.bytes(2, container)),
  );
  assert.equal(facts?.name, "a\ufffd\ufffdb");
  assert.equal(facts.containers[1]?.image, "a\ufffd\ufffdb");
});

Deno.test("readPod() finds the restarts of containers named like parts of every object", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];
  const built = names.reduce(
    (built, name, i) => built.container(name, { restarts: i + 1 }),
    pod("__proto__"),
  );
  assert.deepEqual(read(podMessage(built.json())), built.facts());
  const silent = names.reduce(
    (built, name) => built.container(name),
    pod("a").container("x", { restarts: 1 }),
  );
  assert.deepEqual(read(podMessage(silent.json())), silent.facts());
});

Deno.test("readPod() reads a pod of 10,000 containers, each restarted", () => {
  const containers = Array.from({ length: 10_000 }, (_, i) => ({ name: `c${i}`, image: "\u001b[2J\n" }));
  const containerStatuses = containers.map(({ name }, i) => ({ name, restartCount: i }));
  const start = performance.now();
  const facts = read(podMessage({ ...web, spec: { containers }, status: { containerStatuses } }));
  assert(performance.now() - start < 5_000);
  assert.equal(facts?.containers.length, 10_000);
  assert.equal(facts.containers[9_999]?.restarts, 9_999);
  assert.equal(evaluate([facts], STRICT, CREATED).byCheck.latest_tag, 10_000);
});
