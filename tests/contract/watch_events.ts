/** What a watch tells: each change once, in order, to those whom it concerns. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { assertOlder, present } from "./object.ts";
import type { Row } from "./row.ts";
import { GROUP, newTeam, type Team } from "./team.ts";
import { brief, type Watch } from "./watch.ts";

/** A watch that begins now. */
async function follow(team: Team, query: Record<string, string> = {}, collection?: string): Promise<Watch> {
  const { resourceVersion } = (await team.get(collection ?? "devopspolicies")).metadata;
  return await team.watch({ ...query, resourceVersion }, collection);
}

export const WATCH_EVENTS: readonly Row[] = [
  {
    name: "creation, change and deletion are ADDED, MODIFIED and DELETED, as they were answered",
    async run(server) {
      const team = await newTeam(server);
      await using watch = await follow(team);
      const added = await team.policy("a");
      const modified = await team.patch("devopspolicies/a", { spec: { maxRestartCount: 1 } });
      await team.delete("devopspolicies/a");
      const [first, second, third] = await watch.take(3);
      assert.deepEqual(first, { type: "ADDED", object: added });
      assert.deepEqual(second, { type: "MODIFIED", object: modified });
      const { type, object } = present(third);
      assert.equal(type, "DELETED");
      const { resourceVersion } = object.metadata;
      assert.deepEqual(object, { ...modified, metadata: { ...modified.metadata, resourceVersion } });
      assertOlder(modified.metadata.resourceVersion, resourceVersion);
    },
  },
  {
    name: "a deletion that a finalizer holds is MODIFIED, and its end is DELETED with a version of its own",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { finalizers: [FINALIZER] } });
      await using watch = await follow(team);
      const held = await team.delete("devopspolicies/a");
      const operations = [{ op: "remove", path: "/metadata/finalizers/0" }];
      const released = await team.patch("devopspolicies/a", operations, { type: "json" });
      const [first, second] = await watch.take(2);
      assert.deepEqual(first, { type: "MODIFIED", object: held });
      const { type, object } = present(second);
      assert.equal(type, "DELETED");
      assert.equal(object.metadata.deletionTimestamp, held.metadata.deletionTimestamp);
      assertOlder(held.metadata.resourceVersion, object.metadata.resourceVersion);
      // The answer to the writer still bears the version of before.
      assert.equal(released.metadata.resourceVersion, held.metadata.resourceVersion);
    },
  },
  {
    name: "a status is MODIFIED like anything else",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await using watch = await follow(team);
      const object = await team.patch("devopspolicies/a/status", { status: { message: "x" } });
      assert.deepEqual(await watch.take(1), [{ type: "MODIFIED", object }]);
    },
  },
  {
    name: "a write that changes nothing, or is refused, is no event",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { spec: { maxRestartCount: 1 } });
      await using watch = await follow(team);
      await team.patch("devopspolicies/a", { spec: { maxRestartCount: 1 } });
      await team.patch("devopspolicies/a", { spec: { maxRestartCount: -1 } }, { code: 422 });
      await team.patch("devopspolicies/a?dryRun=All", { spec: { maxRestartCount: 2 } });
      const object = await team.patch("devopspolicies/a", { spec: { maxRestartCount: 3 } });
      assert.deepEqual(await watch.take(1), [{ type: "MODIFIED", object }]);
    },
  },
  {
    name: "each of many quick changes is an event, in order",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await using watch = await follow(team);
      const versions: string[] = [];
      for (let count = 0; count < 20; count++) {
        const { metadata } = await team.patch("devopspolicies/a/status", { status: { pods: count } });
        versions.push(metadata.resourceVersion);
      }
      const events = await watch.take(20);
      assert.deepEqual(events.map(({ object }) => object.metadata.resourceVersion), versions);
    },
  },
  {
    name: "a watch on one namespace hears of no other, and one on all hears of each",
    async run(server) {
      const [one, two] = [await newTeam(server), await newTeam(server)];
      const { resourceVersion } = (await one.get("devopspolicies")).metadata;
      await using narrow = await one.watch({ resourceVersion });
      await using wide = await server.openWatch(
        `${GROUP}/devopspolicies?watch=1&resourceVersion=${resourceVersion}`,
      );
      const foreign = await two.policy("b");
      const own = await one.policy("a");
      assert.deepEqual(await narrow.take(1), [{ type: "ADDED", object: own }]);
      assert.deepEqual(await wide.take(2), [
        { type: "ADDED", object: foreign },
        { type: "ADDED", object: own },
      ]);
    },
  },
  {
    name: "all watches hear the same",
    async run(server) {
      const team = await newTeam(server);
      await using first = await follow(team);
      await using second = await follow(team);
      await team.policy("a");
      await team.policy("b");
      await team.delete("devopspolicies/a");
      assert.deepEqual(await first.take(3), await second.take(3));
    },
  },
  {
    name: "an object that stops matching the labels is DELETED, and one that starts is ADDED",
    async run(server) {
      const team = await newTeam(server);
      const before = await team.policy("a", { metadata: { labels: { on: "1" } } });
      await using watch = await follow(team, { labelSelector: "on=1" });
      const off = await team.patch("devopspolicies/a", { metadata: { labels: { on: null } } });
      await team.patch("devopspolicies/a", { spec: { maxRestartCount: 1 } });
      const on = await team.patch("devopspolicies/a", { metadata: { labels: { on: "1" } } });
      const [deleted, added] = await watch.take(2);
      assert.equal(brief(present(deleted)), "DELETED a");
      // It bears the labels of before, and the version of the change.
      const { labels, resourceVersion } = present(deleted).object.metadata;
      assert.deepEqual(labels, before.metadata.labels);
      assert.equal(resourceVersion, off.metadata.resourceVersion);
      assert.deepEqual(added, { type: "ADDED", object: on });
    },
  },
  {
    name: "changes of objects that never match are not heard of, not even their deletion",
    async run(server) {
      const team = await newTeam(server);
      await using watch = await follow(team, { labelSelector: "on=1" });
      await team.policy("off");
      await team.delete("devopspolicies/off");
      await team.policy("on", { metadata: { labels: { on: "1" } } });
      assert.deepEqual((await watch.take(1)).map(brief), ["ADDED on"]);
    },
  },
  {
    name: "a watch on one name hears of that object alone, as kubectl wait does",
    async run(server) {
      const team = await newTeam(server);
      await using watch = await follow(team, { fieldSelector: "metadata.name=b" });
      await team.policy("a");
      await team.policy("b");
      await team.delete("devopspolicies/a");
      await team.delete("devopspolicies/b");
      assert.deepEqual((await watch.take(2)).map(brief), ["ADDED b", "DELETED b"]);
    },
  },
  {
    name: "a pod that leaves the phase of a field selector is DELETED",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a");
      await using watch = await follow(team, { fieldSelector: "status.phase=Pending" }, "pods");
      await team.patch("pods/a/status", { status: { phase: "Running" } });
      await team.pod("b");
      assert.deepEqual((await watch.take(2)).map(brief), ["DELETED a", "ADDED b"]);
    },
  },
  {
    name: "a pod on a node that is deleted is MODIFIED, then DELETED",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a", { spec: { nodeName: "node-1" } });
      await using watch = await follow(team, {}, "pods");
      await team.delete("pods/a");
      await team.delete("pods/a", { gracePeriodSeconds: 0 });
      const events = await watch.take(3);
      assert.deepEqual(events.map(brief), ["MODIFIED a", "MODIFIED a", "DELETED a"]);
    },
  },
];
