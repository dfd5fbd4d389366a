/** The demo told line by line: for a file, a pipe, and a terminal that cannot draw. */

import { refKey } from "../../api/object.ts";
import { statusLine } from "../status_lines.ts";
import type { ReadPolicy } from "./admin.ts";
import { choose, duration, MAX_ROWS, type Stage } from "./stage.ts";
import { tableLines } from "./table.ts";

/** At most so many changes are told. */
const MAX_LINES = 100;

/** Prints a line for whatever happens, and a table of at most `columns` characters when all is over. */
export function plainStage(print: (line: string) => void, columns: number): Stage {
  let shown: readonly ReadPolicy[] = [];
  let told = 0;
  return {
    scene: (title) => print(`▶ ${title}`),
    cameTrue: (ms) => print(`✓ true after ${duration(ms)}`),
    missed: (what) => print(`✗ ${what}`),
    status(change) {
      told++;
      if (told <= MAX_LINES) print(`  ${statusLine(change, new Date())}`);
      if (told === MAX_LINES) print("  … and so on; the table at the end has the result");
    },
    policies: (policies) => void (shown = policies),
    note: print,
    [Symbol.dispose]() {
      const rows = choose(shown, MAX_ROWS).map((policy) => ({
        policy: refKey(policy),
        status: policy.status,
        changedAt: undefined,
      }));
      if (rows.length > 0) print(tableLines(rows, 0, { colour: false, columns }).join("\n"));
    },
  };
}
