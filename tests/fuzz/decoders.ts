/** Fuzzes what reads the answers of API servers: frames and lines, lists and watches, pods and policies. */

import assert from "node:assert/strict";
import { ConnectionError } from "../../lib/api/errors.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import type { WatchEvent } from "../../lib/api/ports.ts";
import type { Decoder } from "../../lib/kube/decoder.ts";
import { FactsPool } from "../../lib/kube/facts_pool.ts";
import { jsonDecoder } from "../../lib/kube/json_decoder.ts";
import { toDevOpsPolicy } from "../../lib/kube/policy_decoder.ts";
import { protobufDecoder } from "../../lib/kube/protobuf_decoder.ts";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { parseStatus } from "../../lib/policy/status.ts";
import { STRICT } from "../support/arbitraries.ts";
import { bodyOf, cutAt } from "../support/bodies.ts";
import type { Choices } from "../support/chance.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";
import { judging, type Target } from "./target.ts";

const recorded = (name: string) => Deno.readFileSync(new URL(`corpus/${name}.bin`, import.meta.url));

const pool = new FactsPool();
const onUnreadable = () => {};
const PODS_PROTOBUF = protobufDecoder({ pool, onUnreadable, onMalformed() {} });
const PODS_JSON = jsonDecoder({ toObject: (json) => toPodFacts(json, pool), onUnreadable });
const POLICIES_JSON = jsonDecoder({ toObject: toDevOpsPolicy, onUnreadable });

/** Reads a policy in all the ways that a reconcile does before it trusts anything. */
function assertPolicy(policy: { readonly status: unknown }): void {
  parseStatus(policy.status);
}

/** A pod is what the checks can read, whatever was sent. */
function assertPod(pod: PodFacts): void {
  const { namespace, name, resourceVersion, phase, containers, createdAtSeconds } = pod;
  for (const text of [namespace, name, resourceVersion, phase]) assert.equal(typeof text, "string");
  assert.notEqual(name, "", "a pod without a name has no place in a store");
  assert(createdAtSeconds === undefined || Number.isSafeInteger(createdAtSeconds), "a time that is none");
  for (const { name, image, restarts } of containers) {
    assert.deepEqual([typeof name, typeof image, Number.isSafeInteger(restarts)], ["string", "string", true]);
  }
  const { violations, penalty } = evaluate([pod], STRICT, Date.UTC(2026, 0, 1));
  assert(Number.isSafeInteger(violations) && Number.isSafeInteger(penalty), "figures that are none");
}

/** What came of reading a body: what was told, and whether it ended in words of ours. */
interface Read {
  readonly told: readonly unknown[];
  readonly problem: string | undefined;
}

async function read<T>(tell: AsyncIterable<readonly T[]>): Promise<Read> {
  const told: T[] = [];
  try {
    for await (const batch of tell) told.push(...batch);
    return { told, problem: undefined };
  } catch (error) {
    assert(error instanceof ConnectionError, `it is told as ${error}`);
    return { told, problem: error.message };
  }
}

/** The same bytes mean the same however they arrive; what arrived with something malformed may be lost with it. */
function assertSame(whole: Read, cut: Read): void {
  assert.equal(cut.problem, whole.problem);
  const [fewer, more] = whole.told.length < cut.told.length ? [whole, cut] : [cut, whole];
  assert.deepEqual(fewer.told, more.told.slice(0, fewer.told.length));
  if (whole.problem === undefined) assert.equal(fewer.told.length, more.told.length);
}

interface Subject<T> {
  /** What an API server has said. */
  readonly recording: string;
  readonly tell: (body: ReadableStream<Uint8Array>) => AsyncIterable<readonly T[]>;
  readonly judge: (told: T) => void;
}

const NEWLINE = 0x0a;

function target<T>(name: string, { recording, tell, judge }: Subject<T>): Target {
  const input = recorded(recording);
  const isJson = recording.endsWith("json");
  return {
    name,
    attempt: (choices) => {
      const bytes = isJson && !choices.once(2)
        ? mutateLines(input, choices)
        : mutateBytes(input, [input], choices);
      const cuts = Array.from({ length: choices.below(6) }, () => cutOf(bytes, choices));
      return judging(bytes, async (bytes) => {
        const whole = await read(tell(bodyOf(bytes)));
        for (const told of whole.told) judge(told as T);
        assertSame(whole, await read(tell(bodyOf(...cutAt(bytes, cuts)))));
      });
    },
  };
}

/** A place to cut: anywhere, or around the end of a line. */
function cutOf(bytes: Uint8Array, choices: Choices): number {
  const anywhere = choices.below(bytes.length + 1);
  return choices.once(2) ? anywhere : Math.max(0, bytes.indexOf(NEWLINE, anywhere) + choices.below(2));
}

/** The same lines of JSON, one of which says something else. */
function mutateLines(input: Uint8Array, choices: Choices): Uint8Array {
  const lines = new TextDecoder().decode(input).split("\n").filter((line) => line !== "");
  const at = choices.below(lines.length);
  lines[at] = JSON.stringify(mutateJson(JSON.parse(lines[at]!), choices));
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

const watch = <T>(decoder: Decoder<T>) => (body: ReadableStream<Uint8Array>) => decoder.decodeWatch(body);
const list = <T>(decoder: Decoder<T>) =>
  async function* (body: ReadableStream<Uint8Array>): AsyncGenerator<readonly T[]> {
    const { items, resourceVersion } = await decoder.decodeList(body);
    assert.equal(typeof resourceVersion, "string");
    yield items;
  };

function eventOf<T>(judge: (object: T) => void): (event: WatchEvent<T>) => void {
  return (event) => {
    if ("object" in event) judge(event.object);
    else if (event.type === "bookmark") assert.equal(typeof event.resourceVersion, "string");
    else assert.equal(typeof event.error.code, "number");
  };
}

/** All decoders, each with what a real API server has said. */
export const DECODERS: readonly Target[] = [
  target("frames of pods", {
    recording: "pods_watch_protobuf",
    tell: watch(PODS_PROTOBUF),
    judge: eventOf(assertPod),
  }),
  target("list of pods in protobuf", {
    recording: "pods_list_protobuf",
    tell: list(PODS_PROTOBUF),
    judge: assertPod,
  }),
  target("lines of pods", {
    recording: "pods_watch_json",
    tell: watch(PODS_JSON),
    judge: eventOf(assertPod),
  }),
  target("list of pods in JSON", { recording: "pods_list_json", tell: list(PODS_JSON), judge: assertPod }),
  target("lines of policies", {
    recording: "policies_watch_json",
    tell: watch(POLICIES_JSON),
    judge: eventOf(assertPolicy),
  }),
  target("list of policies", {
    recording: "policies_list_json",
    tell: list(POLICIES_JSON),
    judge: assertPolicy,
  }),
];
