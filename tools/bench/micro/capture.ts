/** Renews the captured pods that the small benchmarks decode: `deno run -A tools/bench/micro/capture.ts`. */

import { concat } from "../replay/wire.ts";
import { record } from "../replay/recording.ts";

const FOLDER = new URL("./captured/", import.meta.url);

for (const { form, pods } of await record({ pods: 5, namespaces: 1 })) {
  const name = form.mediaType === "application/json" ? "pods.jsonl" : "pods.frames";
  const events = concat(pods.map(({ frames: [created] }) => created));
  await Deno.writeFile(new URL(name, FOLDER), events);
  console.error(`wrote ${name}: ${events.length} bytes`);
}
