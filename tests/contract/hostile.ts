/** What a cluster may legally hold although it makes no sense, and the operator must survive. */

import assert from "node:assert/strict";
import { names, present } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam } from "./team.ts";

export const HOSTILE: readonly Row[] = [
  {
    name: "names that JavaScript knows are names like any other",
    async run(server) {
      const team = await newTeam(server);
      const labels = { constructor: "1", toString: "2", hasOwnProperty: "3" };
      const created = await team.policy("constructor", { metadata: { labels } });
      await team.policy("plain");
      assert.deepEqual(await team.get("devopspolicies/constructor"), created);
      const selected = async (labelSelector: string) =>
        names(await team.get(`devopspolicies?${new URLSearchParams({ labelSelector })}`));
      assert.deepEqual(await selected("toString"), ["constructor"]);
      assert.deepEqual(await selected("constructor=1,hasOwnProperty in (3)"), ["constructor"]);
      assert.deepEqual(await selected("!toString"), ["plain"]);
      await team.get("devopspolicies/tostring", { code: 404 });
      const patch = { metadata: { labels: { toString: null, valueOf: "4" } } };
      const { metadata } = await team.patch("devopspolicies/constructor", patch);
      assert.deepEqual(Object.entries(present(metadata.labels)).sort(), [
        ["constructor", "1"],
        ["hasOwnProperty", "3"],
        ["valueOf", "4"],
      ]);
    },
  },
  {
    name: "a __proto__ in what is sent is dropped like any unknown field, and does nothing",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const patch = '{"spec":{"__proto__":{"forbidLatestTag":true}},"__proto__":{"status":{"message":"x"}}}';
      const { spec, status } = await team.patch("devopspolicies/a", patch);
      assert.deepEqual([spec, status], [{}, undefined]);
      assert.deepEqual((await team.policy("b"))["spec"], {});
    },
  },
  {
    name: "images may hold line ends, phases be unknown, and restarts negative",
    async run(server) {
      const team = await newTeam(server);
      const image = "evil\n\u001b[31m";
      const { spec } = await team.pod("a", {
        spec: { containers: [{ name: "constructor", image: "a\nb" }] },
      });
      assert.deepEqual((spec as { containers: { image: string }[] }).containers.map(({ image }) => image), [
        "a\nb",
      ]);
      const container = { name: "constructor", image, imageID: "", ready: false, restartCount: -5 };
      const change = { status: { phase: "Weird\n", containerStatuses: [container] } };
      const { phase, containerStatuses } = (await team.patch("pods/a/status", change))["status"] as {
        phase: string;
        containerStatuses: Record<string, unknown>[];
      };
      const [written] = containerStatuses;
      assert.deepEqual([phase, written?.["image"], written?.["restartCount"]], ["Weird\n", image, -5]);
    },
  },
];
