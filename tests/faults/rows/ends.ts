/** How the operator ends, and what it does not do when it is asked to. */

import assert from "node:assert/strict";
import { eventually } from "../../cluster/eventually.ts";
import * as faults from "../faults.ts";
import type { Fault } from "../script.ts";
import type { Row } from "../row.ts";

/** What a write meets when the operator is told to end, and how many policies then have their new status. */
const LAST_WRITES: Readonly<Record<string, readonly [Fault, number]>> = {
  "that is answered late is waited for": [faults.delay(2_000), 2],
  "that nobody answers is given up": [faults.freeze, 0],
};

export const ENDS: readonly Row[] = [
  ...Object.entries(LAST_WRITES).map(([what, [fault, written]]): Row => ({
    name: `at SIGTERM a write ${what}, and the operator ends with 0 within 10 s`,
    endsOperator: true,
    run: async (world) => {
      const met = world.proxy.inject({ kind: "patchStatus" }, fault);
      await world.setRestarts("web", 9);
      await eventually(() => met.hits >= 2, { what: "two writes are under way" });
      const at = performance.now();
      const { code, stderr } = await world.operator.end("SIGTERM");
      assert.equal(code, 0, stderr);
      const took = Math.round(performance.now() - at);
      assert(took <= 10_000, `it took ${took} ms to end`);
      assert.equal((await world.lies()).length, 2 - written);
    },
  })),
  {
    name: "SIGUSR1 opens no debugger",
    run: async (world) => {
      const { pid, stderr } = world.operator;
      // The runtime listens for it some time after its start, and says what came of it.
      await eventually(() => {
        Deno.kill(pid!, "SIGUSR1");
        return /Debugger listening|Failed to start inspector/.test(stderr());
      }, { what: "the runtime has heard the signal" });
      await assert.rejects(
        async () => await (await fetch("http://127.0.0.1:9229/json/version")).text(),
        TypeError,
        "nobody debugs",
      );
      assert.doesNotMatch(stderr(), /Debugger listening/);
      await world.change();
    },
  },
];
