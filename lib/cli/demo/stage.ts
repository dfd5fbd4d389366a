/** Where the demo is shown: drawn live on a terminal, or told line by line to anybody else. */

import { refKey } from "../../api/object.ts";
import type { StatusChange } from "../../operator/context.ts";
import type { PolicyStatus } from "../../policy/status_schema.ts";
import { statusLine } from "../status_lines.ts";
import type { ReadPolicy } from "./admin.ts";
import { Screen, type Terminal } from "./screen.ts";
import { type Row, tableLines } from "./table.ts";

/** What is shown. */
export interface Stage extends Disposable {
  /** A scene begins. */
  scene(title: string): void;
  /** All that the scene asks for is true, so many milliseconds after it was done. */
  cameTrue(ms: number): void;
  /** A status said something new. */
  status(change: StatusChange): void;
  /** The policies as they were read back. */
  policies(policies: readonly ReadPolicy[]): void;
  /** Something that the person should know; it stays. */
  note(text: string): void;
}

/** At most so many policies are drawn: the worst of them, when there are more. */
const MAX_ROWS = 15;

/** At most so many changes are told line by line. */
const MAX_LINES = 100;

/** Draws a live table. */
export function liveStage(terminal: Terminal): Stage {
  const screen = new Screen(terminal);
  const scenes: string[] = [];
  const changedAt = new Map<string, number>();
  let notes: string[] = [];
  let shown: readonly ReadPolicy[] = [];

  const draw = () => {
    const now = Date.now();
    const rows = worstFirst(shown).slice(0, MAX_ROWS).map((policy): Row => ({
      policy: refKey(policy),
      status: policy.status,
      changedAt: changedAt.get(refKey(policy)),
    }));
    const columns = terminal.columns();
    const hidden = shown.length - rows.length;
    screen.draw([
      ...notes.map((line) => line.slice(0, columns)),
      "",
      ...scenes.map((title, i) => `${i === scenes.length - 1 ? "▶" : "✓"} ${title}`.slice(0, columns)),
      "",
      ...tableLines(rows, now, { colour: true, columns }),
      ...(hidden > 0 ? [`… and ${hidden} more`] : []),
    ]);
  };
  return {
    scene(title) {
      scenes.push(title);
      draw();
    },
    cameTrue(ms) {
      scenes.push(`${scenes.pop()} (${duration(ms)})`);
      draw();
    },
    status: (change) => void changedAt.set(refKey(change), Date.now()),
    policies(policies) {
      shown = policies;
      draw();
    },
    note(text) {
      notes = [...notes, ...text.split("\n")];
      draw();
    },
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

/** Prints a line for whatever happens, and the table when all is over. */
export function plainStage(print: (line: string) => void): Stage {
  let shown: readonly ReadPolicy[] = [];
  let told = 0;
  return {
    scene: (title) => print(`▶ ${title}`),
    cameTrue: (ms) => print(`✓ true after ${duration(ms)}`),
    status(change) {
      told++;
      if (told <= MAX_LINES) print(`  ${statusLine(change, new Date())}`);
      if (told === MAX_LINES) print("  … and so on; the table at the end has the result");
    },
    policies: (policies) => void (shown = policies),
    note: print,
    [Symbol.dispose]() {
      const rows = worstFirst(shown).slice(0, MAX_ROWS).map((policy) => ({
        policy: refKey(policy),
        status: policy.status,
        changedAt: undefined,
      }));
      if (rows.length > 0) print(tableLines(rows, 0, { colour: false, columns: 200 }).join("\n"));
    },
  };
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function worstFirst(policies: readonly ReadPolicy[]): readonly ReadPolicy[] {
  const rank = ({ healthScore }: PolicyStatus) => healthScore ?? 101;
  return policies.length <= MAX_ROWS
    ? policies
    : policies.toSorted((a, b) => rank(a.status) - rank(b.status));
}
