/** Tables: what `kubectl get` shows. */

import assert from "node:assert/strict";
import { assertRefusal, present } from "./object.ts";
import type { Row } from "./row.ts";
import { cells, type Column, columns, rows, TABLE, YOUNG } from "./table.ts";
import { newTeam } from "./team.ts";

const DOP_COLUMNS = [
  "Name:string",
  "Score:integer",
  "Healthy:boolean",
  "Violations:integer",
  "Message:string 1",
  "Last-Evaluated:date",
  "Age:date",
];

export const TABLES: readonly Row[] = [
  {
    name: "policies have the columns of the definition, of which Message is for -o wide",
    async run(server) {
      const team = await newTeam(server);
      const table = await team.get("devopspolicies", TABLE);
      assert.deepEqual(columns(table), DOP_COLUMNS);
      assert.equal((table["columnDefinitions"] as Column[])[0]?.format, "name");
      assert.deepEqual(rows(table), []);
    },
  },
  {
    name: "the cells of a policy are values of their types, and dates are ages",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const lastEvaluated = new Date(Date.now() - 10 * 60_000 - 5_000).toISOString().replace(/\.\d+/, "");
      const status = {
        healthScore: 83,
        healthy: true,
        violations: 4,
        message: "4 violations",
        lastEvaluated,
      };
      await team.patch("devopspolicies/a/status", { status });
      const found = cells(await team.get("devopspolicies", TABLE));
      assert.deepEqual(found.slice(0, -1), ["a", 83, true, 4, "4 violations", "10m"]);
      assert.match(String(found.at(-1)), YOUNG);
    },
  },
  {
    name: "what a policy does not have yet is null",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      assert.deepEqual(cells(await team.get("devopspolicies", TABLE)).slice(0, -1), [
        "a",
        null,
        null,
        null,
        null,
        null,
      ]);
    },
  },
  {
    name: "each row carries the metadata of its object, or all of it, or nothing, as asked",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a", { metadata: { labels: { app: "web" } } });
      const object = async (query: string) =>
        present(rows(await team.get(`devopspolicies${query}`, TABLE))[0]).object;
      const partial = present(await object("") ?? undefined);
      assert.deepEqual([partial["kind"], partial["apiVersion"]], ["PartialObjectMetadata", "meta.k8s.io/v1"]);
      const { name, namespace, uid, labels } = created.metadata;
      for (const [field, value] of Object.entries({ name, namespace, uid, labels })) {
        assert.deepEqual(partial.metadata[field], value);
      }
      assert.equal(partial["spec"], undefined);
      assert.deepEqual(await object("?includeObject=Object"), created);
      assert.equal(await object("?includeObject=None"), null);
    },
  },
  {
    name: "one object is a table of one row, and a refusal is a Status still",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const table = await team.get("devopspolicies/a", TABLE);
      assert.deepEqual(columns(table), DOP_COLUMNS);
      assert.equal(cells(table)[0], "a");
      assertRefusal(await team.get("devopspolicies/b", { ...TABLE, code: 404 }), { code: 404 });
    },
  },
  {
    name: "a table has the version and the pages of its list",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await team.policy("b");
      const first = await team.get("devopspolicies?limit=1", TABLE);
      assert.equal(first.metadata.remainingItemCount, 1);
      const query = new URLSearchParams({ limit: "1", continue: present(first.metadata.continue) });
      const second = await team.get(`devopspolicies?${query}`, TABLE);
      assert.deepEqual([cells(first)[0], cells(second)[0]], ["a", "b"]);
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    },
  },
  {
    name: "a watch of tables names the columns once",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await team.policy("b");
      await using watch = await server.openWatch(team.path("devopspolicies?watch=1"), TABLE.headers);
      const [first, second] = await watch.take(2);
      assert.deepEqual([first?.type, second?.type], ["ADDED", "ADDED"]);
      assert.deepEqual(columns(present(first).object), DOP_COLUMNS);
      assert.deepEqual(present(second).object["columnDefinitions"], null);
      assert.deepEqual([first, second].map((event) => cells(present(event).object)[0]), ["a", "b"]);
      await team.delete("devopspolicies/a");
      const [third] = await watch.take(1);
      assert.deepEqual([third?.type, cells(present(third).object)[0]], ["DELETED", "a"]);
    },
  },
];
