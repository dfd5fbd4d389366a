/** Times how a watch of pods is read: its bytes cut into frames, and frames decoded into facts. */

import { toPodFacts } from "../../../lib/api/pod_json.ts";
import { jsonDecoder } from "../../../lib/kube/json_decoder.ts";
import { jsonLines } from "../../../lib/kube/json_lines.ts";
import { StringPool } from "../../../lib/kube/string_pool.ts";
import { CapturedBody } from "./captured.ts";

const PODS = 1_000;
const json = await CapturedBody.of("pods.jsonl", PODS);

Deno.bench(`JSON: the frames of ${PODS} pods`, { group: "frames" }, async () => {
  for await (const _ of jsonLines(json.open()));
});

Deno.bench(`JSON: the facts of ${PODS} pods`, { group: "decoding" }, async () => {
  const pool = new StringPool();
  const toObject = (value: unknown) => toPodFacts(value, (text) => pool.share(text));
  const decoder = jsonDecoder({ toObject, onUnreadable() {} });
  for await (const _ of decoder.decodeWatch(json.open()));
});
