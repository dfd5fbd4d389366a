/** Watches that end in every way they can: what was complete is delivered, and no connection outlives its watch. */

import assert from "node:assert/strict";
import type { WatchEvent } from "../../lib/api/ports.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { podCollection } from "../../lib/kube/list_watch.ts";
import { cutAt } from "../support/bodies.ts";
import type { Reply } from "../support/loopback_server.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { frames, podEvent, status } from "../support/protobuf_objects.ts";
import { concat } from "../support/protobuf_writer.ts";
import { refusal, silence, stream, type StreamEnd } from "../support/replies.ts";
import { connectionError, type Served, serving, through, until } from "./harness.ts";

const pod = (name: string, resourceVersion: string) => ({
  metadata: { namespace: "a", name, resourceVersion },
  spec: { containers: [] },
});

/** How a server sends events, of either form. */
interface Form {
  readonly added: (name: string, version: string) => Uint8Array;
  readonly error: (status: object) => Uint8Array;
  readonly nonsense: Uint8Array;
  /** How the nonsense is told. */
  readonly told: RegExp;
  readonly contentType: string;
}

const line = (event: object) => new TextEncoder().encode(`${JSON.stringify(event)}\n`);
const FORMS: Readonly<Record<string, Form>> = {
  JSON: {
    added: (name, version) => line({ type: "ADDED", object: pod(name, version) }),
    error: (object) => line({ type: "ERROR", object }),
    nonsense: new TextEncoder().encode("<html>\n"),
    told: /not the JSON of a list or a watch\.$/,
    contentType: "application/json",
  },
  protobuf: {
    added: (name, version) => frames(podEvent("ADDED", pod(name, version))),
    error: (object) => frames(podEvent("ERROR", status(object))),
    nonsense: new TextEncoder().encode("<html>\n"),
    told: /not the protobuf of a list or a watch: an event of more than 16 MiB\.$/,
    contentType: "application/vnd.kubernetes.protobuf;stream=watch",
  },
};

function open({ transport, signal }: Served): Promise<AsyncIterable<readonly WatchEvent<PodFacts>[]>> {
  const source = podCollection(transport)({
    namespace: undefined,
    onUnreadable: () => assert.fail("unreadable"),
  });
  return source.watch({ start: { from: "initial-events" }, timeoutSeconds: 300 }, signal);
}

/** What a watch delivers, and what it throws in the end. */
async function follow(served: Served): Promise<{ events: string[]; error: unknown }> {
  const events: string[] = [];
  try {
    for await (const batch of await open(served)) {
      events.push(
        ...batch.map((event) => "object" in event ? `${event.type} ${event.object.name}` : event.type),
      );
    }
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

const closed = ({ server }: Served) => until(() => server.open === 0, "the watch's connection is closed");

/** Runs `test` against a server that answers one watch with `reply`. */
const watching = (reply: Reply, test: (served: Served) => Promise<void>, isProxied = false) =>
  serving([reply], test, { isProxied });

const VARIANTS = Object.entries(FORMS).flatMap(([form, parts]) =>
  [false, true].map((isProxied) => ({ ...parts, isProxied, name: form + through(isProxied) }))
);
for (const { name, added, error, nonsense, told, contentType, isProxied } of VARIANTS) {
  const watchingHere = (reply: Reply, test: (served: Served) => Promise<void>) =>
    watching(reply, test, isProxied);
  const send = (chunks: readonly Uint8Array[], end?: StreamEnd) => stream(chunks, end, contentType);

  Deno.test(`watch() in ${name} delivers events as they come and ends when the server ends it`, () =>
    watchingHere(send([added("x", "1"), concat(added("y", "2"), added("z", "3"))]), async (served) => {
      assert.deepEqual(await follow(served), { events: ["apply x", "apply y", "apply z"], error: undefined });
      await closed(served);
    }));

  Deno.test(`watch() in ${name} puts events together that arrive in pieces`, () => {
    const bytes = concat(added("x", "1"), added("y", "2"));
    return watchingHere(
      send(cutAt(bytes, Array.from({ length: Math.floor((bytes.length - 1) / 7) }, (_, i) => 7 * (i + 1)))),
      async (served) => assert.deepEqual((await follow(served)).events, ["apply x", "apply y"]),
    );
  });

  for (const end of ["cut", "reset"] as const) {
    Deno.test(`watch() in ${name} delivers the complete events of a stream that is ${end} in mid-frame, then breaks`, () =>
      watchingHere(
        send([added("x", "1"), added("y", "2"), added("z", "3").slice(0, 40)], end),
        async (served) => {
          const { events, error } = await follow(served);
          assert.deepEqual(events, ["apply x", "apply y"]);
          connectionError("reset", /: the connection broke\.$/)(error);
          await closed(served);
        },
      ));
  }

  Deno.test(`watch() in ${name} drops the unfinished frame of a stream that ends cleanly`, () =>
    watchingHere(
      send([added("x", "1"), added("z", "3").slice(0, 40)]),
      async (served) => assert.deepEqual(await follow(served), { events: ["apply x"], error: undefined }),
    ));

  Deno.test(`watch() in ${name} ends promptly on abort while the server is frozen, and the server sees it`, () =>
    watchingHere(send([added("x", "1")], "frozen"), async (served) => {
      const batches = (await open(served))[Symbol.asyncIterator]();
      assert.equal((await batches.next()).value?.length, 1);
      const next = assert.rejects(batches.next(), (error) => error === "idle");
      const start = performance.now();
      served.controller.abort("idle");
      await next;
      await closed(served);
      assert(performance.now() - start < PATIENCE_MS);
    }));

  Deno.test(`watch() in ${name} closes its connection when its reader stops reading`, () =>
    watchingHere(send([added("x", "1")], "frozen"), async (served) => {
      for await (const _ of await open(served)) break;
      await closed(served);
    }));

  Deno.test(`watch() in ${name} gives an ERROR event as the ApiError that it is`, () => {
    const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 1 (2)" };
    return watchingHere(send([error(gone)]), async (served) => {
      const events: WatchEvent<PodFacts>[] = [];
      for await (const batch of await open(served)) events.push(...batch);
      assert.equal(events.length, 1);
      assert(events[0]?.type === "error");
      const { code, reason, message } = events[0].error;
      assert.deepEqual({ code, reason, message }, { code: 410, reason: "Expired", message: gone.message });
    });
  });

  Deno.test(`watch() in ${name} breaks at something that no API server sends, and closes its connection`, () =>
    watchingHere(send([added("x", "1"), nonsense], "frozen"), async (served) => {
      const { events, error } = await follow(served);
      assert.deepEqual(events, ["apply x"]);
      connectionError("other", told)(error);
      await closed(served);
    }));
}

Deno.test("watch() ends promptly on abort before the server has answered", () =>
  watching(silence, async (served) => {
    const refused = assert.rejects(open(served), (error) => error === "overdue");
    await until(() => served.server.requests.length === 1, "the request arrives");
    served.controller.abort("overdue");
    await refused;
    await closed(served);
  }));

Deno.test("watch() throws a refusal at once, and closes its connection", () =>
  watching(refusal(410, "Expired"), async (served) => {
    await assert.rejects(open(served), { name: "ApiError", code: 410, reason: "Expired" });
    await closed(served);
  }));

Deno.test("Each watch has a connection of its own, which ends with it", () => {
  const frozen = stream([FORMS["JSON"]!.added("x", "1")], "frozen");
  return serving([frozen, frozen], async (served) => {
    const batches = [await open(served), await open(served)];
    const [first, second] = batches.map((batches) => batches[Symbol.asyncIterator]());
    await first?.next();
    await second?.next();
    assert.deepEqual(served.server.requests.map(({ connection }) => connection), [0, 1]);
    await first?.return?.();
    await until(() => served.server.open === 1, "the first watch's connection is closed");
    await second?.return?.();
    await closed(served);
  });
});
