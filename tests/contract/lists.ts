/** Lists: what they hold, in which order, as of which version, and page by page. */

import assert from "node:assert/strict";
import { assertOlder, assertRefusal, names, present } from "./object.ts";
import type { Row } from "./row.ts";
import { call, GROUP, newTeam, type Team } from "./team.ts";

async function fill(team: Team, count: number): Promise<string[]> {
  const all = Array.from({ length: count }, (_, index) => `p${index}`);
  for (const name of all) await team.policy(name);
  return all;
}

export const LISTS: readonly Row[] = [
  {
    name: "a list says its kind and version, and holds objects as they are read",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      const { apiVersion, kind, items, metadata } = await team.get("devopspolicies");
      assert.deepEqual([apiVersion, kind], ["devops.stochastic.io/v1", "DevOpsPolicyList"]);
      assert.deepEqual(items, [created]);
      assert.ok(BigInt(metadata.resourceVersion) >= BigInt(created.metadata.resourceVersion));
    },
  },
  {
    name: "an item of a built-in kind leaves to the list to say what it is, one of a watch does not",
    async run(server) {
      const team = await newTeam(server);
      const { apiVersion: _apiVersion, kind: _kind, ...item } = await team.pod("a");
      const { kind, items, metadata } = await team.get("pods");
      assert.deepEqual([kind, items], ["PodList", [item]]);
      await using watch = await team.watch({ resourceVersion: metadata.resourceVersion }, "pods");
      await team.patch("pods/a", { metadata: { labels: { a: "b" } } });
      const { object } = present(await watch.next());
      assert.deepEqual([object["apiVersion"], object["kind"]], ["v1", "Pod"]);
    },
  },
  {
    name: "an empty list, even of a namespace that is not there, has empty items and a version",
    async run(server) {
      const team = await newTeam(server);
      const { items, metadata } = await team.get("devopspolicies");
      assert.deepEqual(items, []);
      assert.match(metadata.resourceVersion, /^[1-9]\d*$/);
      const nowhere = await call(server, "GET", "/api/v1/namespaces/nowhere/pods");
      assert.deepEqual([nowhere["kind"], nowhere.items], ["PodList", []]);
    },
  },
  {
    name: "services, quotas and limits of a namespace that has none are empty lists, as kubectl needs them",
    async run(server) {
      const team = await newTeam(server);
      for (const kind of ["Service", "ResourceQuota", "LimitRange"]) {
        const { apiVersion, kind: listKind, items } = await team.get(`${kind.toLowerCase()}s`);
        assert.deepEqual([apiVersion, listKind, items], ["v1", `${kind}List`, []]);
      }
    },
  },
  {
    name: "objects are listed by namespace and name, whenever they were created",
    async run(server) {
      const team = await newTeam(server);
      for (const name of ["b", "a-1", "c", "a"]) await team.policy(name);
      assert.deepEqual(names(await team.get("devopspolicies")), ["a", "a-1", "b", "c"]);
    },
  },
  {
    name: "a list over all namespaces holds those of each",
    async run(server) {
      const [one, two] = [await newTeam(server), await newTeam(server)];
      await one.policy("a");
      await two.policy("b");
      const { items = [] } = await call(server, "GET", `${GROUP}/devopspolicies`);
      const found = items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
      assert.ok(found.includes(`${one.namespace}/a`) && found.includes(`${two.namespace}/b`));
      assert.deepEqual(names(await one.get("devopspolicies")), ["a"]);
    },
  },
  {
    name: "pages of a limit hold everything once, as of one version",
    async run(server) {
      const team = await newTeam(server);
      const all = await fill(team, 5);
      const first = await team.get("devopspolicies?limit=2");
      assert.deepEqual([names(first).length, first.metadata.remainingItemCount], [2, 3]);
      const pages = [first];
      for (let token = first.metadata.continue; token; token = pages.at(-1)?.metadata.continue) {
        pages.push(await team.get(`devopspolicies?${new URLSearchParams({ limit: "2", continue: token })}`));
      }
      assert.deepEqual(pages.map((page) => names(page)), [all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
      assert.equal(new Set(pages.map(({ metadata }) => metadata.resourceVersion)).size, 1);
    },
  },
  {
    name: "later pages do not see what happened since the first",
    async run(server) {
      const team = await newTeam(server);
      await fill(team, 3);
      const { metadata } = await team.get("devopspolicies?limit=1");
      await team.policy("p0-new");
      await team.delete("devopspolicies/p2");
      const query = new URLSearchParams({ continue: present(metadata.continue) });
      const rest = await team.get(`devopspolicies?${query}`);
      assert.deepEqual(names(rest), ["p1", "p2"]);
      assert.equal(rest.metadata.resourceVersion, metadata.resourceVersion);
    },
  },
  {
    name: "a limit that everything fits into gives no continue token",
    async run(server) {
      const team = await newTeam(server);
      await fill(team, 2);
      const { metadata } = await team.get("devopspolicies?limit=2");
      assert.equal(metadata.continue ?? "", "");
      assert.equal(metadata.remainingItemCount, undefined);
    },
  },
  {
    name: "pages of a selection do not say how many remain",
    async run(server) {
      const team = await newTeam(server);
      for (const name of ["a", "b", "c"]) await team.policy(name, { metadata: { labels: { on: "1" } } });
      await team.policy("a-off");
      const selector = { labelSelector: "on=1" };
      const first = await team.get(`devopspolicies?${new URLSearchParams({ ...selector, limit: "2" })}`);
      assert.deepEqual(names(first), ["a", "b"]);
      assert.equal(first.metadata.remainingItemCount, undefined);
      const query = new URLSearchParams({ ...selector, continue: present(first.metadata.continue) });
      assert.deepEqual(names(await team.get(`devopspolicies?${query}`)), ["c"]);
    },
  },
  {
    name: "resourceVersion=0 is answered in one page, whatever the limit",
    async run(server) {
      const team = await newTeam(server);
      await fill(team, 3);
      await team.get("devopspolicies");
      const list = await team.get("devopspolicies?resourceVersion=0&limit=1");
      assert.deepEqual(names(list), ["p0", "p1", "p2"]);
      assert.equal(list.metadata.continue ?? "", "");
    },
  },
  {
    name: "a continue token that is none is a 400",
    async run(server) {
      const team = await newTeam(server);
      const answer = await team.get("devopspolicies?limit=1&continue=nonsense", { code: 400 });
      assertRefusal(answer, {
        code: 400,
        reason: "BadRequest",
        message: /^invalid continue token: |continue key/,
      });
    },
  },
  {
    name: "a list is at least as new as any write that was answered before",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      for (let count = 0; count < 5; count++) {
        const written = await team.patch("devopspolicies/a/status", { status: { pods: count } });
        const { items, metadata } = await team.get("devopspolicies");
        assert.deepEqual(items, [written]);
        assert.ok(BigInt(metadata.resourceVersion) >= BigInt(written.metadata.resourceVersion));
      }
    },
  },
  {
    name: "a continue token that has expired is a 410 with a new one for the rest as of now",
    needs: "compaction",
    async run(server) {
      const team = await newTeam(server);
      await fill(team, 3);
      const first = await team.get("devopspolicies?limit=1");
      await team.policy("p0-new");
      await present(server.compact)();
      const next = (token: string | undefined, code: number) =>
        team.get(`devopspolicies?${new URLSearchParams({ limit: "500", continue: present(token) })}`, {
          code,
        });
      const gone = await next(first.metadata.continue, 410);
      assertRefusal(gone, {
        code: 410,
        reason: "Expired",
        message: /^The provided continue parameter is too old/,
      });
      const rest = await next(gone.metadata.continue, 200);
      assert.deepEqual(names(rest), ["p0-new", "p1", "p2"]);
      assertOlder(first.metadata.resourceVersion, rest.metadata.resourceVersion);
    },
  },
];
