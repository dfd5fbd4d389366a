/** Times how a watch of pods is read: its bytes cut into frames, and frames decoded into facts. */

import { toPodFacts } from "../../../lib/api/pod_json.ts";
import type { PodFacts } from "../../../lib/api/pod_facts.ts";
import type { Decoder } from "../../../lib/kube/decoder.ts";
import { BodyBuffer } from "../../../lib/kube/body_buffer.ts";
import { jsonDecoder } from "../../../lib/kube/json_decoder.ts";
import { jsonLines } from "../../../lib/kube/json_lines.ts";
import { protobufDecoder } from "../../../lib/kube/protobuf_decoder.ts";
import { FactsPool } from "../../../lib/kube/facts_pool.ts";
import { CapturedBody } from "./captured.ts";

const PODS = 1_000;
const json = await CapturedBody.of("pods.jsonl", PODS);
const protobuf = await CapturedBody.of("pods.frames", PODS);

Deno.bench(`JSON: the lines of ${PODS} pods`, { group: "frames" }, async () => {
  for await (const _ of jsonLines(json.open()));
});

Deno.bench(`protobuf: the bytes of ${PODS} pods`, { group: "frames" }, async () => {
  await using buffer = new BodyBuffer(protobuf.open());
  while (await buffer.fill(1)) buffer.take(buffer.length);
});

Deno.bench(`JSON: the facts of ${PODS} pods`, { group: "decoding" }, async () => {
  const pool = new FactsPool();
  const toObject = (value: unknown) => toPodFacts(value, pool);
  await decode(jsonDecoder({ toObject, onUnreadable: fail }), json);
});

Deno.bench(`protobuf: the facts of ${PODS} pods`, { group: "decoding" }, async () => {
  await decode(protobufDecoder({ pool: new FactsPool(), onUnreadable: fail, onMalformed: fail }), protobuf);
});

async function decode(decoder: Decoder<PodFacts>, body: CapturedBody): Promise<void> {
  let count = 0;
  for await (const events of decoder.decodeWatch(body.open())) count += events.length;
  if (count !== PODS) fail();
}

function fail(): never {
  throw new Error("the captured pods are not what they were");
}
