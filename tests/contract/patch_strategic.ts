/** Strategic merge patches of pods, in which kubectl sends what it changes of built-in objects. */

import assert from "node:assert/strict";
import type { KubeObject } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam } from "./team.ts";

const CONTAINERS = [{ name: "web", image: "web:1" }, { name: "log", image: "log:1" }];

function images({ spec }: KubeObject): string[] {
  return (spec as { containers: { image: string }[] }).containers.map(({ image }) => image);
}

export const PATCH_STRATEGIC: readonly Row[] = [
  {
    name: "containers are merged by name, in the order that they have",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a", { spec: { containers: CONTAINERS } });
      const patch = { spec: { containers: [{ name: "log", image: "log:2" }] } };
      assert.deepEqual(images(await team.patch("pods/a", patch, { type: "strategic" })), ["web:1", "log:2"]);
    },
  },
  {
    name: "$setElementOrder, which kubectl apply sends along, is an instruction and no field",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a", { spec: { containers: CONTAINERS } });
      const patched = await team.patch("pods/a", {
        spec: {
          "$setElementOrder/containers": [{ name: "web" }, { name: "log" }],
          containers: [{ name: "web", image: "web:2" }],
        },
      }, { type: "strategic" });
      assert.deepEqual(images(patched), ["web:2", "log:1"]);
      assert.ok(!JSON.stringify(patched).includes("$setElementOrder"));
    },
  },
  {
    name: "labels are merged, and null takes one out",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a", { metadata: { labels: { keep: "1", gone: "1" } } });
      const patch = { metadata: { labels: { gone: null, added: "1" } } };
      const { metadata } = await team.patch("pods/a", patch, { type: "strategic" });
      assert.deepEqual(metadata.labels, { keep: "1", added: "1" });
    },
  },
  {
    name: "a merge patch of a pod replaces its containers, and so may not leave one out",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a", { spec: { containers: CONTAINERS } });
      const swapped = CONTAINERS.map(({ name }) => ({ name, image: `${name}:3` }));
      assert.deepEqual(images(await team.patch("pods/a", { spec: { containers: swapped } })), [
        "web:3",
        "log:3",
      ]);
      const patch = { spec: { containers: [{ name: "web", image: "web:4" }] } };
      const { details } = await team.patch("pods/a", patch, { code: 422 });
      assert.deepEqual(details, {
        name: "a",
        kind: "Pod",
        causes: [{
          reason: "FieldValueForbidden",
          message: "Forbidden: pod updates may not add or remove containers",
          field: "spec.containers",
        }],
      });
    },
  },
];
