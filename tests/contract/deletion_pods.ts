/** Deletion of pods: at once without a node, after a grace period with one. */

import assert from "node:assert/strict";
import { present } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam } from "./team.ts";

export const DELETION_PODS: readonly Row[] = [
  {
    name: "a pod without a node is gone at once; the answer is the pod",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a");
      const { kind, metadata } = await team.delete("pods/a");
      assert.equal(kind, "Pod");
      assert.equal(metadata.deletionGracePeriodSeconds, 0);
      await team.get("pods/a", { code: 404 });
    },
  },
  {
    name: "a pod on a node gets its grace period, which a deletion with grace 0 ends",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: created } = await team.pod("a", { spec: { nodeName: "node-1" } });
      const { metadata } = await team.delete("pods/a");
      assert.equal(metadata.deletionGracePeriodSeconds, 30);
      const ends = Date.parse(present(metadata.deletionTimestamp)) - Date.parse(created.creationTimestamp);
      assert.ok(ends >= 30_000 && ends < 45_000, `${ends} ms`);
      assert.deepEqual((await team.get("pods/a")).metadata, metadata);
      await team.delete("pods/a", { gracePeriodSeconds: 0 });
      await team.get("pods/a", { code: 404 });
    },
  },
];
