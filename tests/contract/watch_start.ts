/** How a watch begins and ends: with all there is, with what came since, or with a refusal. */

import assert from "node:assert/strict";
import { PATIENCE_MS } from "../support/patience.ts";
import { assertOlder, assertRefusal, type KubeObject, present } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam } from "./team.ts";
import { brief, INITIAL, isInitialEnd } from "./watch.ts";

export const WATCH_START: readonly Row[] = [
  {
    name: "initial events are all there is, then a bookmark that says it was all, then what happens",
    async run(server) {
      const team = await newTeam(server);
      const created = [await team.policy("a"), await team.policy("b")];
      await using watch = await team.watch(INITIAL);
      const initial = await watch.take(2);
      assert.deepEqual(initial.map(brief), ["ADDED a", "ADDED b"]);
      assert.deepEqual(initial.map(({ object }) => object), created);
      const [end] = await watch.take(1);
      const { type, object } = present(end);
      const { apiVersion, kind, metadata } = object;
      assert.deepEqual({ type, apiVersion, kind }, {
        type: "BOOKMARK",
        apiVersion: "devops.stochastic.io/v1",
        kind: "DevOpsPolicy",
      });
      assert.deepEqual(metadata.annotations, { "k8s.io/initial-events-end": "true" });
      assert.ok(BigInt(metadata.resourceVersion) >= BigInt(present(created[1]).metadata.resourceVersion));
      const added = await team.policy("c");
      assert.deepEqual(await watch.take(1), [{ type: "ADDED", object: added }]);
      assertOlder(metadata.resourceVersion, added.metadata.resourceVersion);
    },
  },
  {
    name: "initial events come by namespace, then by name, however their objects were created",
    async run(server) {
      const teams = [await newTeam(server), await newTeam(server)];
      const metadata = { labels: { teams: teams[0]!.namespace } };
      const created = [];
      for (const name of ["b", "a", "c"]) {
        for (const team of teams) created.push(await team.pod(name, { metadata }));
      }
      const query = new URLSearchParams({
        ...INITIAL,
        watch: "1",
        labelSelector: `teams=${teams[0]!.namespace}`,
      });
      await using watch = await server.openWatch(`/api/v1/pods?${query}`);
      const initial = await watch.take(created.length);
      const keys = created.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).sort();
      assert.deepEqual(
        initial.map(({ object: { metadata: { namespace, name } } }) => `${namespace}/${name}`),
        keys,
      );
    },
  },
  {
    name: "initial events of nothing are the bookmark alone",
    async run(server) {
      const team = await newTeam(server);
      await using watch = await team.watch(INITIAL);
      const [event] = await watch.take(1);
      assert.ok(isInitialEnd(present(event)), JSON.stringify(event));
    },
  },
  {
    name: "initial events hold only what the selectors select",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { labels: { on: "1" } } });
      await team.policy("b");
      await using watch = await team.watch({ ...INITIAL, labelSelector: "on=1" });
      const [first, second] = await watch.take(2);
      assert.equal(brief(present(first)), "ADDED a");
      assert.ok(isInitialEnd(present(second)));
    },
  },
  {
    name: "initial events without resourceVersionMatch, and that without them, are a 422",
    async run(server) {
      const team = await newTeam(server);
      const invalid = (message: string) => ({
        code: 422,
        reason: "Invalid",
        message: `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: ${message}`,
      });
      assertRefusal(
        await team.get("devopspolicies?watch=1&sendInitialEvents=true&allowWatchBookmarks=true", {
          code: 422,
        }),
        invalid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
      );
      assertRefusal(
        await team.get("devopspolicies?watch=1&resourceVersionMatch=NotOlderThan", { code: 422 }),
        invalid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"),
      );
    },
  },
  {
    name: "initial events as of a version that is yet to come are refused within the stream",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await team.policy("a")).metadata;
      await using watch = await team.watch({ ...INITIAL, resourceVersion: `${resourceVersion}000` });
      const [event] = await watch.take(1);
      assert.equal(event?.type, "ERROR");
      assertRefusal(event.object, {
        code: 504,
        reason: "Timeout",
        message: /^Timeout: Too large resource version: /,
        details: {
          causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
          retryAfterSeconds: 1,
        },
      });
    },
  },
  {
    name: "a watch from the version of a list shows what came after, and nothing of before",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("old");
      const { resourceVersion } = (await team.get("devopspolicies")).metadata;
      await using watch = await team.watch({ resourceVersion });
      const added = await team.policy("new");
      assert.deepEqual(await watch.take(1), [{ type: "ADDED", object: added }]);
    },
  },
  {
    name: "a watch from the version of an object replays exactly what came after, in order",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await team.policy("a")).metadata;
      const changed = await team.patch("devopspolicies/a", { spec: { maxRestartCount: 1 } });
      const added = await team.policy("b");
      const judged = await team.patch("devopspolicies/a/status", { status: { message: "x" } });
      await team.delete("devopspolicies/b");
      await using watch = await team.watch({ resourceVersion });
      const events = await watch.take(4);
      assert.deepEqual(events.map(brief), ["MODIFIED a", "ADDED b", "MODIFIED a", "DELETED b"]);
      assert.deepEqual(events.slice(0, 3).map(({ object }) => object), [changed, added, judged]);
    },
  },
  {
    name: "the bookmark's version resumes without loss and without repetition",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      let bookmark: KubeObject;
      {
        await using watch = await team.watch(INITIAL);
        bookmark = present((await watch.take(2))[1]).object;
      }
      const added = await team.policy("b");
      await using watch = await team.watch({ resourceVersion: bookmark.metadata.resourceVersion });
      assert.deepEqual(await watch.take(1), [{ type: "ADDED", object: added }]);
    },
  },
  {
    name: "a watch without a version, or from 0, begins with all there is",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      for (const query of [{}, { resourceVersion: "0" }]) {
        await using watch = await team.watch(query);
        assert.deepEqual(await watch.take(1), [{ type: "ADDED", object: created }]);
      }
    },
  },
  {
    name: "timeoutSeconds ends the stream cleanly",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const started = performance.now();
      await using watch = await team.watch({ ...INITIAL, timeoutSeconds: "1" });
      assert.equal((await watch.rest()).filter(({ type }) => type !== "BOOKMARK").length, 1);
      const took = performance.now() - started;
      assert.ok(took > 700 && took < PATIENCE_MS, `${took} ms`);
    },
  },
  {
    name: "a watch is sent as JSON, at once and in pieces",
    async run(server) {
      const team = await newTeam(server);
      const response = await server.request("GET", team.path("devopspolicies?watch=1&timeoutSeconds=30"));
      assert.equal(response.status, 200);
      assert.match(String(response.headers.get("content-type")), /^application\/json\b/);
      assert.equal(response.headers.get("content-length"), null);
      await response.body?.cancel();
    },
  },
  {
    name: "a watch from a version that has expired ends with a 410 in the stream, and a new start works",
    needs: "compaction",
    async run(server) {
      const team = await newTeam(server);
      const { resourceVersion } = (await team.policy("a")).metadata;
      await team.patch("devopspolicies/a", { spec: { maxRestartCount: 1 } });
      await present(server.compact)();
      {
        await using watch = await team.watch({ resourceVersion });
        const [event, ...more] = await watch.rest();
        assert.equal(event?.type, "ERROR");
        assertRefusal(event.object, { code: 410, reason: "Expired", message: /^too old resource version: / });
        assert.deepEqual(more, []);
      }
      await using watch = await team.watch(INITIAL);
      assert.deepEqual((await watch.take(2)).map(({ type }) => type), ["ADDED", "BOOKMARK"]);
    },
  },
];
