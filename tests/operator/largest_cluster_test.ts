/** The largest cluster that Kubernetes supports: what its pods take up, at rest and while they are read again. */

import assert from "node:assert/strict";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import { FactsPool } from "../../lib/kube/facts_pool.ts";
import { protobufDecoder } from "../../lib/kube/protobuf_decoder.ts";
import { reflect } from "../../lib/runtime/reflector.ts";
import { Store } from "../../lib/runtime/store.ts";
import { watchedBody } from "../support/bodies.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { heapUsed } from "../support/heap_used.ts";
import { type PaperOptions, PaperPods } from "../support/paper_pods.ts";
import { frames } from "../support/protobuf_objects.ts";

const LARGEST: PaperOptions = { pods: 150_000, namespaces: 10_000 };

/** A store that full reads of these pods go into, the way they do in the operator. */
function reading(options: PaperOptions) {
  const pods = new PaperPods(options);
  const store = new Store<PodFacts>();
  const bad = () => assert.fail("a pod could not be read");
  const decoder = protobufDecoder({ pool: new FactsPool(), onUnreadable: bad, onMalformed: bad });
  const sink = reflect({ store, stretch: new Stretch(new BusyClock()), onChange() {} });
  return {
    pods,
    store,
    /** Reads all pods, and calls `onPart` five times under way. */
    async read(onPart = () => {}): Promise<void> {
      let count = 0;
      await sink({ type: "init", rewound: false, newest: "" });
      for await (const batch of decoder.decodeWatch(watchedBody(chunks(pods)).body)) {
        for (const event of batch) {
          if (event.type === "bookmark") await sink({ type: "initDone" });
          else if (event.type === "apply") await sink({ type: "initApply", object: event.object });
          else bad();
          if (++count % Math.floor(pods.size / 5) === 0) onPart();
        }
      }
    },
  };
}

/** A hundred events at a time. */
function* chunks(pods: PaperPods): Generator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  for (const event of pods.events()) {
    chunk.push(event);
    if (chunk.length < 100) continue;
    yield frames(...chunk);
    chunk = [];
  }
  yield frames(...chunk);
}

Deno.test("150,000 pods of deployments take at most 285 bytes each", async () => {
  const before = heapUsed();
  const { store, read } = reading(LARGEST);
  await read();
  const each = (heapUsed() - before) / LARGEST.pods;
  assert.equal(store.size, LARGEST.pods);
  assert(each <= 285, `${each} bytes`);
});

Deno.test("150,000 pods that have nothing in common but text", async (t) => {
  const before = heapUsed();
  const { pods, store, read } = reading({ ...LARGEST, restarted: true });
  await read();
  const held = heapUsed() - before;
  await t.step("take at most 405 bytes each, with their index and all that they share", () => {
    assert.equal(store.size, LARGEST.pods);
    assert(held / LARGEST.pods <= 405, `${held / LARGEST.pods} bytes`);
  });
  await t.step("are never held a second time while they are read again, of which half are gone", async () => {
    pods.change("all");
    pods.change("gone");
    let most = 0;
    await read(() => most = Math.max(most, heapUsed() - before));
    assert.equal(store.size, pods.size);
    assert(most <= 1.25 * held, `${held} bytes, then ${most}`);
  });
});
