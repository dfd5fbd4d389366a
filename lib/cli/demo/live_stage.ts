/** The demo drawn live on a terminal: its scenes so far, and a table of the policies below them. */

import { refKey } from "../../api/object.ts";
import type { ReadPolicy } from "./admin.ts";
import { Screen, type Terminal } from "./screen.ts";
import { choose, duration, MAX_ROWS, type Stage } from "./stage.ts";
import { cut, type Row, tableLines } from "./table.ts";

interface ShownScene {
  readonly title: string;
  readonly isMissed: boolean;
}

/** Draws a live table, with the classes in colour. */
export function liveStage(terminal: Terminal): Stage {
  const screen = new Screen(terminal);
  const scenes: ShownScene[] = [];
  const changedAt = new Map<string, number>();
  let shown: readonly ReadPolicy[] = [];

  const draw = () => {
    const { columns, rows } = terminal.size();
    const now = Date.now();
    const told = scenes.map((scene, i) =>
      cut(`${markOf(scene, i === scenes.length - 1)} ${scene.title}`, columns)
    );
    const first = choose(shown, MAX_ROWS);
    const table = (count: number) => {
      const policies = choose(first, count).map((policy): Row => ({
        policy: refKey(policy),
        status: policy.status,
        changedAt: changedAt.get(refKey(policy)),
      }));
      const hidden = shown.length - policies.length;
      return [
        ...tableLines(policies, now, { colour: true, columns }),
        ...(hidden > 0 ? [`… and ${hidden} more`] : []),
      ];
    };
    // Two empty lines, and one for the cursor.
    const room = rows - told.length - 3;
    let count = first.length;
    while (count > 1 && table(count).length > room) count--;
    screen.draw(["", ...told, "", ...table(count)]);
  };
  const changeLast = (scene: Partial<ShownScene>) => {
    const last = scenes.pop();
    if (last !== undefined) scenes.push({ ...last, ...scene });
    draw();
  };
  return {
    scene(title) {
      scenes.push({ title, isMissed: false });
      draw();
    },
    cameTrue: (ms) => changeLast({ title: `${scenes.at(-1)?.title} (${duration(ms)})` }),
    missed(what) {
      screen.note(`✗ ${what}`);
      changeLast({ isMissed: true });
    },
    status: (change) => void changedAt.set(refKey(change), Date.now()),
    policies(policies) {
      shown = policies;
      draw();
    },
    note(text) {
      screen.note(text);
      draw();
    },
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

function markOf({ isMissed }: ShownScene, isLast: boolean): string {
  if (isMissed) return "✗";
  return isLast ? "▶" : "✓";
}
