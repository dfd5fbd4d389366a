// The same pods of a real API server in both of its forms: protobuf and JSON have to become the same facts.

import assert from "node:assert/strict";
import { ApiError } from "../../lib/api/errors.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import type { WatchEvent } from "../../lib/api/ports.ts";
import { systemClock } from "../../lib/cli/system_clock.ts";
import { jsonDecoder } from "../../lib/kube/json_decoder.ts";
import { podCollection } from "../../lib/kube/list_watch.ts";
import { protobufDecoder } from "../../lib/kube/protobuf_decoder.ts";
import { FactsPool } from "../../lib/kube/facts_pool.ts";
import { runReflector } from "../../lib/runtime/reflector.ts";
import { Store } from "../../lib/runtime/store.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createPod, deletePod, setPodStatus } from "./fixtures.ts";
import { transportTo } from "./transport.ts";
import { createVariedPods, toStatus } from "./varied_pods.ts";

const bad = () => assert.fail("an answer of a real API server could not be read");
const DECODERS = {
  protobuf: protobufDecoder({ pool: new FactsPool(), onUnreadable: bad, onMalformed: bad }),
  json: jsonDecoder({ toObject: (json) => toPodFacts(json), onUnreadable: bad }),
};
type Form = keyof typeof DECODERS;

/** What the server answers to `path` in one form, and in no other. */
async function open(cluster: ControlPlane, path: string, form: Form, what: "list" | "watch") {
  const { accept, mediaType } = DECODERS[form];
  const response = await cluster.request("GET", path, undefined, { accept: accept[what] });
  assert(response.headers.get("content-type")?.startsWith(mediaType));
  return response.body!;
}

async function list(cluster: ControlPlane, path: string, form: Form) {
  return await DECODERS[form].decodeList(await open(cluster, path, form, "list"));
}

/** The events of a watch up to the one that `isLast`. */
async function watch(
  cluster: ControlPlane,
  query: string,
  form: Form,
  isLast: (event: WatchEvent<PodFacts>) => boolean,
) {
  const events: WatchEvent<PodFacts>[] = [];
  const path = `/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=30&${query}`;
  for await (const batch of DECODERS[form].decodeWatch(await open(cluster, path, form, "watch"))) {
    events.push(...batch);
    if (batch.some(isLast)) return events;
  }
  return assert.fail(`the watch in ${form} ended before`);
}

function inBoth<T>(read: (form: Form) => Promise<T>): Promise<[protobuf: T, json: T]> {
  return Promise.all([read("protobuf"), read("json")]);
}

Deno.test("protobuf and JSON of a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await createVariedPods(cluster);

  await t.step("become the same facts, in lists", async () => {
    const [protobuf, json] = await inBoth((form) => list(cluster, "/api/v1/pods", form));
    assert.deepEqual(protobuf, json);
    const full = protobuf.items.find(({ name }) => name === "full");
    assert.deepEqual(full?.containers.map(({ name, kind, restarts }) => [name, kind, restarts]), [
      ["migrate", "init", 7],
      ["proxy", "sidecar", 0],
      ["app", "regular", 3],
      ["second", "regular", 2_147_483_647],
    ]);
    assert.equal(full.containers[3]?.image, "ä\u001b[2J\nx");
    assert.deepEqual(protobuf.items.map(({ name, deleting, phase }) => [name, deleting, phase]), [
      ["debugged", false, "Pending"],
      ["held", true, "Pending"],
      ["job", false, "Succeeded"],
      ["full", false, "Running"],
      ["plain", false, "Pending"],
    ]);
  });

  await t.step("become the same pages, which follow each other", async () => {
    const first = await list(cluster, "/api/v1/pods?limit=2", "protobuf");
    assert.equal(first.items.length, 2);
    const rest = `/api/v1/pods?limit=9&continue=${encodeURIComponent(first.continueToken!)}`;
    const [protobuf, json] = await inBoth((form) => list(cluster, rest, form));
    assert.deepEqual(protobuf, json);
    assert.deepEqual([protobuf.items.length, protobuf.continueToken], [3, undefined]);
  });

  await t.step("become the same initial events, up to their end", async () => {
    const start = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    const isEnd = (event: WatchEvent<PodFacts>) => event.type === "bookmark" && event.initialEventsEnd;
    const [protobuf, json] = await inBoth((form) => watch(cluster, start, form, isEnd));
    assert.deepEqual(protobuf, json);
    assert.equal(protobuf.length, 6);
  });

  await t.step("become the same events", async () => {
    const { resourceVersion } = await list(cluster, "/api/v1/pods", "protobuf");
    await createPod(cluster, "shop", "comes");
    await setPodStatus(cluster, "shop", "comes", {
      phase: "Running",
      containerStatuses: [toStatus("app", 1)],
    });
    await deletePod(cluster, "shop", "comes");
    const goes = (event: WatchEvent<PodFacts>) => event.type === "delete";
    const start = `resourceVersion=${resourceVersion}`;
    const [protobuf, json] = await inBoth((form) => watch(cluster, start, form, goes));
    assert.deepEqual(protobuf, json);
    // Created, given a status, perhaps marked for deletion, and gone.
    assert.equal(protobuf.filter(({ type }) => type === "apply").length >= 2, true);
  });

  await t.step("refuse in the same words", async () => {
    const transport = transportTo(cluster);
    const pods = podCollection(transport)({ namespace: undefined, onUnreadable: bad });
    const refusal = pods.list({ limit: 1, continueToken: "no token" }, AbortSignal.timeout(10_000));
    await assert.rejects(refusal, (error) => {
      assert(error instanceof ApiError);
      assert.deepEqual([error.code, error.reason], [400, "BadRequest"]);
      assert.match(error.message, /continue key is not valid/);
      return true;
    });
    transport.close();
  });

  await t.step("tell the same of a past that is forgotten", async () => {
    await cluster.stopApiServer();
    await cluster.startApiServer();
    const isError = ({ type }: WatchEvent<PodFacts>) => type === "error";
    const [protobuf, json] = await inBoth(async (form) => {
      const event = (await watch(cluster, "resourceVersion=1", form, isError)).at(-1);
      assert(event?.type === "error");
      return { ...event.error, message: event.error.message };
    });
    assert.deepEqual(protobuf, json);
    assert.equal(protobuf.code, 410);
  });
});

Deno.test("a server without watch-lists is listed and watched in protobuf", async () => {
  await using cluster = await startControlPlane({ apiServerArgs: ["--feature-gates=WatchList=false"] });
  await createVariedPods(cluster);
  const transport = transportTo(cluster);
  const store = new Store<PodFacts>();
  const ends: string[] = [];
  const stop = new AbortController();
  const running = runReflector({
    source: podCollection(transport)({ namespace: "shop", onUnreadable: bad }),
    clock: systemClock,
    store,
    onChange: () => {},
    observer: {
      live() {},
      heard() {},
      ended: (end, error) => ends.push(error === undefined ? end : String(error)),
    },
  }, stop.signal);
  await eventually(() => store.size === 2, { what: "both pods are read" });
  await createPod(cluster, "shop", "comes");
  await eventually(() => store.size === 3, { what: "the third pod is seen" });
  const json = await list(cluster, "/api/v1/namespaces/shop/pods", "json");
  assert.deepEqual([...store.list()].toSorted((a, b) => a.name < b.name ? -1 : 1), json.items);
  assert.deepEqual(ends, ["no-watch-list"]);
  stop.abort();
  await running;
  transport.close();
});
