/** Tables of pods, which have columns of their own: what `kubectl get pods` shows. */

import assert from "node:assert/strict";
import type { Row } from "./row.ts";
import { cells, columns, TABLE, YOUNG } from "./table.ts";
import { newTeam } from "./team.ts";

export const TABLES_PODS: readonly Row[] = [
  {
    name: "pods have their own columns",
    async run(server) {
      const team = await newTeam(server);
      assert.deepEqual(columns(await team.get("pods", TABLE)), [
        "Name:string",
        "Ready:string",
        "Status:string",
        "Restarts:string",
        "Age:string",
        "IP:string 1",
        "Node:string 1",
        "Nominated Node:string 1",
        "Readiness Gates:string 1",
      ]);
    },
  },
  {
    name: "the cells of a pod count its containers and restarts, and say what it waits for",
    async run(server) {
      const team = await newTeam(server);
      const containers = ["web", "log"].map((name) => ({ name, image: `${name}:1` }));
      await team.pod("a", { spec: { containers, nodeName: "node-1" } });
      const shown = async () => {
        const [name, ready, status, restarts, age, ...wide] = cells(await team.get("pods/a", TABLE));
        assert.match(String(age), YOUNG);
        assert.deepEqual(wide, ["<none>", "node-1", "<none>", "<none>"]);
        return [name, ready, status, restarts].join(" ");
      };
      assert.equal(await shown(), "a 0/2 Pending 0");
      const container = (name: string, ready: boolean, state: object) => //
      ({ name, image: `${name}:1`, imageID: "", ready, restartCount: ready ? 0 : 4, state });
      const run = (state: object) =>
        team.patch("pods/a/status", {
          status: {
            phase: "Running",
            containerStatuses: [container("web", true, { running: {} }), container("log", false, state)],
          },
        });
      await run({ running: {} });
      assert.equal(await shown(), "a 1/2 Running 4");
      await run({ waiting: { reason: "CrashLoopBackOff" } });
      assert.equal(await shown(), "a 1/2 CrashLoopBackOff 4");
      await team.delete("pods/a");
      assert.equal(await shown(), "a 1/2 Terminating 4");
    },
  },
];
