/** The replayed pods: what is served of them is what their own sums say, through changes and storms. */

import assert from "node:assert/strict";
import { toPodFacts } from "../../../../lib/api/pod_json.ts";
import type { PodFacts } from "../../../../lib/api/pod_facts.ts";
import { evaluate } from "../../../../lib/policy/evaluate.ts";
import { namespaceName, plannedPods, POLICY_SPEC, type Totals } from "../../../../tools/bench/plan.ts";
import { podToCreate, statusToReport } from "../../../../tools/bench/pod.ts";
import { JSON_FORM } from "../../../../tools/bench/replay/frames.ts";
import { OpenWatches } from "../../../../tools/bench/replay/open_watches.ts";
import { podWatch } from "../../../../tools/bench/replay/pod_watch.ts";
import { Stamps } from "../../../../tools/bench/replay/stamps.ts";
import { storm } from "../../../../tools/bench/replay/storm.ts";
import { World } from "../../../../tools/bench/world.ts";
import { ManualClock, settled } from "../../../support/manual_clock.ts";
import { RECORDED, replayed, SIZE } from "./replayed.ts";

const NOW = Date.UTC(2026, 1, 22, 10);
const encoder = new TextEncoder();

/** What a server would send of the recorded pods, in JSON. */
function tape() {
  const world = new World(RECORDED);
  const frame = (type: string, object: unknown) => encoder.encode(`${JSON.stringify({ type, object })}\n`);
  return {
    form: JSON_FORM,
    pods: [...plannedPods(RECORDED)].map((pod) => {
      const created = podToCreate(pod) as { metadata: object; spec: { containers: { image: string }[] } };
      const uid = `94171644-9004-4567-98d6-${String(pod.index).padStart(12, "0")}`;
      const creationTimestamp = new Date(NOW).toISOString();
      const metadata = { ...created.metadata, uid, resourceVersion: "263", creationTimestamp };
      const object = { ...created, metadata, status: statusToReport(pod) };
      const before = frame("ADDED", object);
      created.spec.containers[0]!.image = world.toggleImage(pod).image;
      return { pod, frames: [before, frame("MODIFIED", object)] as const };
    }),
    bookmark: frame("BOOKMARK", { kind: "Pod", metadata: { resourceVersion: "263" } }),
  };
}

/** The pods that somebody knows who has followed a watch, by namespace and name. */
class Known {
  readonly pods = new Map<string, PodFacts>();
  bookmarks = 0;
  #version = "";

  take(bytes: Uint8Array): void {
    for (const line of new TextDecoder().decode(bytes).trimEnd().split("\n")) {
      const { type, object } = JSON.parse(line);
      if (type === "BOOKMARK") {
        this.bookmarks++;
        continue;
      }
      const facts = toPodFacts(object)!;
      assert.ok(facts.resourceVersion >= this.#version, "versions rise");
      this.#version = facts.resourceVersion;
      const key = `${facts.namespace}/${facts.name}`;
      if (type === "DELETED") this.pods.delete(key);
      else this.pods.set(key, facts);
    }
  }

  totalsOf(namespace: string): Totals {
    const pods = [...this.pods.values()].filter((pod) => pod.namespace === namespace);
    const { pods: counted, violations, penalty } = evaluate(pods, POLICY_SPEC, NOW);
    return { pods: counted, violations, penalty };
  }
}

Deno.test("a watch brings every pod, a bookmark and each change, as the replay's own sums have them", async () => {
  const { versions, pods, namespaces } = replayed();
  const known = new Known();
  const watch = podWatch(pods, { stamps: new Stamps(tape()), versions, initial: true });
  while (known.bookmarks === 0) known.take((await watch.next()).value!);
  assert.equal(known.pods.size, SIZE.pods);
  for (const namespace of namespaces) assert.deepEqual(known.totalsOf(namespace), pods.totalsOf(namespace));

  pods.toggle(3);
  pods.delete(4);
  pods.touch(5);
  pods.delete(6);
  pods.create(6);
  const before = known.pods.get(`${namespaceName(3)}/${pods.at(3).identity.name}`)!;
  known.take((await watch.next()).value!);
  assert.notDeepEqual(known.pods.get(`${namespaceName(3)}/${pods.at(3).identity.name}`), before);
  assert.equal(known.pods.size, SIZE.pods - 1);
  for (const namespace of namespaces) assert.deepEqual(known.totalsOf(namespace), pods.totalsOf(namespace));
  await watch.return(undefined);

  const late = new Known();
  const again = podWatch(pods, { stamps: new Stamps(tape()), versions, initial: true });
  while (late.bookmarks === 0) late.take((await again.next()).value!);
  assert.equal(late.pods.size, SIZE.pods - 1, "who comes late does not see what was deleted");
  for (const namespace of namespaces) assert.deepEqual(late.totalsOf(namespace), pods.totalsOf(namespace));
  await again.return(undefined);
});

Deno.test("a watch begins with the pods in the order in which an API server lists them", async () => {
  const { versions, pods } = replayed();
  const known = new Known();
  const watch = podWatch(pods, { stamps: new Stamps(tape()), versions, initial: true });
  while (known.bookmarks === 0) known.take((await watch.next()).value!);
  await watch.return(undefined);
  const keys = [...known.pods.keys()];
  assert.deepEqual(keys, keys.toSorted());
});

Deno.test("watches that are open end all at once, and the end is over when somebody has got all pods anew", async () => {
  const { versions, pods } = replayed();
  const open = new OpenWatches();
  const options = { stamps: new Stamps(tape()), versions, open };
  const watches = [true, false].map((initial) => podWatch(pods, { ...options, initial }));
  const read = watches.map((watch) => Array.fromAsync(watch));
  await settled();
  let isOver = false;
  const ending = open.end().then(() => isOver = true);
  const [initial, later] = await Promise.all(read);
  assert.ok(initial!.length > 0);
  assert.deepEqual(later, []);
  await settled();
  assert.equal(isOver, false);
  const again = Array.fromAsync(podWatch(pods, { ...options, initial: true }));
  await ending;
  void open.end();
  assert.deepEqual(await again, initial);
});

Deno.test("a storm has as many events as asked for, of every kind, and its sums stay right", async () => {
  const { versions, pods, namespaces } = replayed();
  const known = new Known();
  const stamps = new Stamps(tape());
  for await (const piece of podWatch(pods, { stamps, versions, initial: true })) {
    known.take(piece);
    if (known.bookmarks > 0) break;
  }
  const kinds = new Map<string, number>();
  pods.listen(({ type, pod: { recorded, variant, identity } }) => {
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
    known.take(stamps.of(recorded, variant, type).frame(identity));
  });
  const clock = new ManualClock();
  const running = storm(pods, { perSecond: 1_000, seconds: 2.003, clock });
  for (let ms = 0; ms < 2_100; ms += 4) await clock.advance(4);
  assert.equal(await running, 2_003);
  const told = kinds.values().reduce((sum, count) => sum + count, 0);
  assert.ok(told > 1_900 && told <= 2_003, `${told} events`);
  assert.deepEqual([...kinds.keys()].sort(), ["ADDED", "DELETED", "MODIFIED"]);
  for (const namespace of namespaces) assert.deepEqual(known.totalsOf(namespace), pods.totalsOf(namespace));
});
