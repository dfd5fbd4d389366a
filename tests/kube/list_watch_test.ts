/** Lists and watches as they go over the wire: what is asked, for which collection, and in which words. */

import assert from "node:assert/strict";
import type { ListWatch, WatchStart } from "../../lib/api/ports.ts";
import { podCollection, policyCollection } from "../../lib/kube/list_watch.ts";
import type { Transport } from "../../lib/kube/transport.ts";
import type { ReceivedRequest } from "../support/http_request.ts";
import { json, loginPage, refusal, stream } from "../support/replies.ts";
import { connectionError, serving } from "./harness.ts";

const POLICIES = "/apis/devops.stochastic.io/v1";
const unreadable = () => assert.fail("an object could not be read");

/** What pods are asked for in; policies in JSON only. */
const PODS_ACCEPT = {
  list: "application/vnd.kubernetes.protobuf, application/json",
  watch: "application/vnd.kubernetes.protobuf;stream=watch, application/json",
};
const accept = (path: string, what: "list" | "watch") =>
  path.endsWith("/pods") ? PODS_ACCEPT[what] : "application/json";

const COLLECTIONS: readonly (readonly [string, (transport: Transport) => ListWatch<unknown>])[] = [
  [
    "/api/v1/pods",
    (transport) => podCollection(transport)({ namespace: undefined, onUnreadable: unreadable }),
  ],
  [
    "/api/v1/namespaces/team-a/pods",
    (transport) => podCollection(transport)({ namespace: "team-a", onUnreadable: unreadable }),
  ],
  [
    `${POLICIES}/devopspolicies`,
    (transport) => policyCollection(transport)({ namespace: undefined, onUnreadable: unreadable }),
  ],
  [
    `${POLICIES}/namespaces/team-a/devopspolicies`,
    (transport) => policyCollection(transport)({ namespace: "team-a", onUnreadable: unreadable }),
  ],
];

const emptyList = json({ metadata: { resourceVersion: "5" }, items: [] });

/** Path and query parameters; `undefined` when a parameter comes twice, which servers read differently. */
function asked(request: ReceivedRequest | undefined): [string, Record<string, string>] {
  const url = new URL(request!.target, "http://server");
  const query = Object.fromEntries(url.searchParams);
  assert.equal(Object.keys(query).length, [...url.searchParams].length);
  return [url.pathname, query];
}

for (const [path, of] of COLLECTIONS) {
  Deno.test(`list() of ${path} asks for pages, and never for a version`, () =>
    serving([emptyList, emptyList], async ({ server, transport, signal }) => {
      const source = of(transport);
      const page = await source.list({ limit: 500, continueToken: undefined }, signal);
      assert.deepEqual(page, { items: [], resourceVersion: "5", continueToken: undefined });
      await source.list({ limit: 500, continueToken: "a/b+c==&d" }, signal);
      assert.deepEqual(server.requests.map(asked), [
        [path, { limit: "500" }],
        [path, { limit: "500", continue: "a/b+c==&d" }],
      ]);
      for (const { method, headers } of server.requests) {
        assert.equal(method, "GET");
        assert.equal(headers.get("accept"), accept(path, "list"));
        assert.equal(headers.get("accept-encoding"), "identity");
        assert.equal(headers.get("authorization"), "Bearer secret-token");
      }
    }));

  for (
    const [start, parameters] of [
      [{ from: "version", resourceVersion: "42" }, { resourceVersion: "42" }],
      [{ from: "initial-events" }, { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" }],
    ] as [WatchStart, Record<string, string>][]
  ) {
    Deno.test(`watch() of ${path} from ${start.from} asks for exactly that, with bookmarks and an end`, () =>
      serving([stream([])], async ({ server, transport, signal }) => {
        const batches = await of(transport).watch({ start, timeoutSeconds: 271 }, signal);
        for await (const _ of batches) assert.fail("nothing happened");
        const [request] = server.requests;
        const common = { watch: "true", allowWatchBookmarks: "true", timeoutSeconds: "271" };
        assert.deepEqual(asked(request), [path, { ...common, ...parameters }]);
        assert.equal(request?.headers.get("accept"), accept(path, "watch"));
        assert.equal(request?.headers.get("accept-encoding"), "identity");
      }));
  }
}

Deno.test("list() and watch() ask for one name alone where they are told to", () =>
  serving([emptyList, stream([])], async ({ server, transport, signal }) => {
    const source = podCollection(transport)({ namespace: undefined, name: "web", onUnreadable: unreadable });
    await source.list({ limit: 500, continueToken: undefined }, signal);
    for await (
      const _ of await source.watch({ start: { from: "initial-events" }, timeoutSeconds: 5 }, signal)
    );
    for (const request of server.requests) {
      assert.equal(asked(request)[1]["fieldSelector"], "metadata.name=web");
    }
  }));

Deno.test("list() gives pods as facts and policies as they are", () => {
  const metadata = { namespace: "a", name: "x", resourceVersion: "7" };
  const list = (spec: unknown) =>
    json({ metadata: { resourceVersion: "9", continue: "more" }, items: [{ metadata, spec }] });
  const replies = [list({ containers: [{ name: "c", image: "i" }] }), list({ forbidLatestTag: true })];
  return serving(replies, async ({ transport, signal }) => {
    const options = { namespace: undefined, onUnreadable: unreadable };
    const page = { limit: 500, continueToken: undefined };
    const pods = await podCollection(transport)(options).list(page, signal);
    assert.equal(pods.items[0]?.containers[0]?.image, "i");
    assert.equal(pods.continueToken, "more");
    const policies = await policyCollection(transport)(options).list(page, signal);
    assert.deepEqual(policies.items[0], {
      ...metadata,
      metadata,
      spec: { forbidLatestTag: true },
      status: undefined,
    });
  });
});

Deno.test("list() tells of objects that cannot be read, and gives the others", () => {
  const sound = { metadata: { namespace: "a", name: "x", resourceVersion: "7" }, spec: { containers: [] } };
  const list = json({ metadata: { resourceVersion: "9" }, items: [{}, sound, null] });
  return serving([list, list], async ({ transport, signal }) => {
    let unreadable = 0;
    const options = { namespace: undefined, onUnreadable: () => void unreadable++ };
    for (const source of [podCollection(transport)(options), policyCollection(transport)(options)]) {
      assert.equal((await source.list({ limit: 1, continueToken: undefined }, signal)).items.length, 1);
    }
    assert.equal(unreadable, 4);
  });
});

Deno.test("A server with a path of its own before the API's is asked below it", () =>
  serving([emptyList], async (served) => {
    const transport = Object.create(served.transport, {
      server: { value: `${served.transport.server}/k8s/clusters/c-1` },
      fetch: { value: (signal: AbortSignal) => served.transport.fetch(signal) },
    });
    const source = podCollection(transport)({ namespace: undefined, onUnreadable: unreadable });
    await source.list({ limit: 500, continueToken: undefined }, served.signal);
    assert.equal(served.server.requests[0]?.target, "/k8s/clusters/c-1/api/v1/pods?limit=500");
  }));

for (
  const [code, reason] of [[403, "Forbidden"], [410, "Expired"], [429, "TooManyRequests"], [500, ""]] as const
) {
  Deno.test(`list() and watch() throw a ${code} as an ApiError, and leave repeating to the watcher`, () =>
    serving(
      [refusal(code, reason, { headers: { "retry-after": "2" } }), refusal(code, reason)],
      async ({ transport, server, signal }) => {
        const source = podCollection(transport)({ namespace: undefined, onUnreadable: unreadable });
        await assert.rejects(source.list({ limit: 500, continueToken: "t" }, signal), {
          name: "ApiError",
          code,
          reason,
          retryAfterMs: 2_000,
        });
        const start: WatchStart = { from: "version", resourceVersion: "1" };
        const watch = source.watch({ start, timeoutSeconds: 1 }, signal);
        await assert.rejects(watch, { name: "ApiError", code, reason });
        assert.equal(server.requests.length, 2);
      },
    ));
}

Deno.test("list() and watch() take a login page for what it is", () =>
  serving([loginPage, loginPage], async ({ transport, signal }) => {
    const source = podCollection(transport)({ namespace: undefined, onUnreadable: unreadable });
    const expected = connectionError("other", /not the JSON of a list or a watch\.$/);
    await assert.rejects(source.list({ limit: 500, continueToken: undefined }, signal), expected);
    const batches = await source.watch({ start: { from: "initial-events" }, timeoutSeconds: 1 }, signal);
    // Without a newline nothing of the page counts: the watch is merely empty.
    for await (const batch of batches) assert.deepEqual(batch, []);
  }));
