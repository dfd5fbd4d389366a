/** The demo's screen: drawn over itself, whole after its window was resized, and given back as it was. */

import assert from "node:assert/strict";
import { Screen, type TerminalSize } from "../../../lib/cli/demo/screen.ts";

const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";

/** A screen, and what it has printed since the last look. */
function startScreen(size: TerminalSize) {
  const printed: string[] = [];
  let now = size;
  const screen = new Screen({ print: (text) => printed.push(text), size: () => now });
  return {
    screen,
    printed: () => printed.splice(0),
    resize: (columns: number, rows: number) => now = { columns, rows },
  };
}

Deno.test("a screen goes up by what it drew last, and shows the cursor again at its end", () => {
  const { screen, printed } = startScreen({ columns: 80, rows: 24 });
  screen.draw(["a", "b"]);
  screen.draw(["c"]);
  screen.draw(["d"]);
  screen[Symbol.dispose]();
  assert.deepEqual(printed(), [`${HIDE}a\nb`, "\u001b[2A\u001b[Jc", "\u001b[1A\u001b[Jd", SHOW]);
});

Deno.test("a screen that has drawn nothing has no cursor to give back", () => {
  const { screen, printed } = startScreen({ columns: 80, rows: 24 });
  screen[Symbol.dispose]();
  assert.deepEqual(printed(), []);
});

Deno.test("a note stays above what is drawn, whole however long it is", () => {
  const { screen, printed } = startScreen({ columns: 10, rows: 24 });
  screen.draw(["a", "b"]);
  printed();
  screen.note("longer than a line");
  screen.draw(["c"]);
  assert.deepEqual(printed(), ["\u001b[2A\u001b[Jlonger than a line", "c"]);
});

Deno.test("a screen of another size is written anew, notes and all", () => {
  const { screen, printed, resize } = startScreen({ columns: 80, rows: 24 });
  screen.note("how to join");
  screen.draw(["a", "b"]);
  printed();
  resize(40, 24);
  screen.draw(["c"]);
  screen.draw(["d"]);
  assert.deepEqual(printed(), ["\u001b[H\u001b[Jhow to join\nc", "\u001b[1A\u001b[Jd"]);
});

Deno.test("a screen draws no more than there is room for: what is last counts", () => {
  const { screen, printed, resize } = startScreen({ columns: 80, rows: 3 });
  screen.draw(["a", "b", "c", "d"]);
  assert.deepEqual(printed(), [`${HIDE}c\nd`]);
  resize(80, 1);
  screen.draw(["a", "b"]);
  assert.deepEqual(printed(), ["\u001b[H\u001b[Jb"]);
});
